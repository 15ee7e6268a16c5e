@testable import tapd

@testable import JSONState

@testable import RC522

@testable import PiHAL

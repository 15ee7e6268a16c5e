@testable import VirtualPi

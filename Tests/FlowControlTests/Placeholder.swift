@testable import FlowControl

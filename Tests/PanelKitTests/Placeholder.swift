@testable import PanelKit

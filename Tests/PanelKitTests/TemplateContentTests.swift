import PanelKit
import Testing

/// Templates read structs, however deep, as Mustache itself does.
@Suite struct TemplateContentTests {
  private struct Named: CustomStringConvertible {
    var secret = "members"
    var description: String { "a <name>" }
  }
  private enum Kind { case small }
  private struct Row {
    var number: Int
    var isOdd: Bool
    var note: String?
  }
  private struct Words {
    var heading: String
  }
  private struct Content {
    var words = Words(heading: "Numbers & more")
    var named = Named()
    var kind = Kind.small
    var rows: [Row] = []
    var missing: Row?
    var present: Row?
    var names: [String] = []
    var amounts = ["beer": 3]
  }

  private func text(_ content: Content, _ template: String) throws -> String {
    try PageLibrary(["page": template]).text(content, template: "page")
  }

  @Test func membersAreReadAtEveryDepth() throws {
    let content = Content(rows: [Row(number: 1, isOdd: true, note: "one"), Row(number: 2, isOdd: false)])
    #expect(
      try text(
        content,
        "{{#rows}}{{words.heading}} {{number}}{{#isOdd}} odd{{/isOdd}}{{#note}} {{.}}{{/note}};{{/rows}}")
        == "Numbers &amp; more 1 odd one;Numbers &amp; more 2;")
  }

  @Test func whatHasNoValueIsLeftOut() throws {
    let content = Content(present: Row(number: 3, isOdd: true))
    let template =
      "{{#missing}}there{{/missing}}{{^missing}}not there{{/missing}} {{present.number}}{{present.note}}{{^rows}} none{{/rows}}"
    #expect(try text(content, template) == "not there 3 none")
  }

  @Test func whatDescribesItselfIsText() throws {
    let content = Content(names: ["a", "b"])
    #expect(
      try text(
        content, "{{named}} {{kind}} {{#names}}{{.}}{{^last()}},{{/last()}}{{/names}} {{amounts.beer}}")
        == "a &lt;name&gt; small a,b 3")
  }
}

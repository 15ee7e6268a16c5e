import Hummingbird
import PanelKit

/// The machine's state, live, and the files that pages load.
struct MachineRoutes: PanelRoutes {
  let site: CoffeeSite

  func add(to router: PanelRouter) {
    CoffeeFrame.assets.add(to: router)
    router.get("/static/styles.css", .open) { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/css; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: PackageResources.coffee_css)))
    }
    router.get("/favicon.ico", .open) { _, _ in Response(status: .noContent) }
    router.get("/events", .trusted) { request, context in
      let language = context.language
      let isFull = PageReader(context.visitor).seesAll
      return EventStream(site.board.live, name: "machine", version: CoffeeFrame.version) { view in
        MachineLine(view, language: language, isFull: isFull)
      }.response(to: request, for: context)
    }
  }
}

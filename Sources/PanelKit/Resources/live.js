"use strict";

// Keeps a page up to date by server-sent events. After a loss it connects again by itself; when the silence
// lasts it says so through onLost, so that no page shows figures that are no longer true. A page that was
// drawn by another version of the daemon is loaded again.
//
// A browser has six connections to a server and no more, and each stream keeps one of them. So this file runs in a
// shared worker as well, where all tabs of a browser share one stream for each address; a browser without shared
// workers has a stream for each page.
(() => {
  const silenceLimit = 6000; // three heartbeats
  const graceBeforeLost = 1500; // a quick restart of the daemon passes unseen
  const reopenAfter = 1000;

  // One stream: calls tell with ["update", text], ["heard"] or ["broken"].
  function connect(address, name, tell) {
    let source = null;
    let watchdog = 0;
    let reopenTimer = 0;

    function heard() {
      clearTimeout(watchdog);
      watchdog = setTimeout(open, silenceLimit);
    }

    function open() {
      clearTimeout(reopenTimer);
      reopenTimer = 0;
      source?.close();
      const current = new EventSource(address);
      source = current;
      current.addEventListener(name, (event) => { heard(); tell(["update", event.data]); });
      current.addEventListener("heartbeat", () => { heard(); tell(["heard"]); });
      current.addEventListener("error", () => {
        tell(["broken"]);
        // The browser connects again by itself, except after an answer that was no event stream.
        if (current.readyState === EventSource.CLOSED) reopenTimer ||= setTimeout(open, reopenAfter);
      });
      heard();
    }

    open();
    return () => { clearTimeout(watchdog); clearTimeout(reopenTimer); source.close(); };
  }

  if (typeof document === "undefined") {
    // The worker's part. A page subscribes with its address and event, and says when it leaves. The worker ends with
    // the last page.
    const streams = new Map();
    self.onconnect = ({ ports: [port] }) => {
      let key = "";
      const leave = () => {
        const stream = streams.get(key);
        if (!stream?.ports.delete(port) || stream.ports.size) return;
        stream.close();
        streams.delete(key);
      };
      port.onmessage = ({ data }) => {
        leave();
        if (!data) return;
        key = JSON.stringify([data.address, data.name]);
        let stream = streams.get(key);
        if (stream) {
          if (stream.last) port.postMessage(stream.last);
        } else {
          stream = { ports: new Set(), last: null };
          streams.set(key, stream);
          const { ports } = stream;
          stream.close = connect(data.address, data.name, (news) => {
            // What is known ends with the connection: after it there may be another version of the daemon.
            if (news[0] !== "heard") stream.last = news[0] === "update" ? news : null;
            for (const each of ports) each.postMessage(news);
          });
        }
        stream.ports.add(port);
      };
    };
    return;
  }

  const script = document.currentScript.src;

  window.keepLive = ({ address, name, version, onUpdate, onLost }) => {
    let silence = 0;
    let lostTimer = 0;
    let hasHeard = false; // from the worker

    function tell([kind, text]) {
      if (kind === "broken") {
        lostTimer ||= setTimeout(onLost, graceBeforeLost);
        return;
      }
      if (kind === "update") {
        const update = JSON.parse(text);
        if (update.version !== version) { leave(); location.reload(); return; }
        heard();
        onUpdate(update.value);
      } else {
        heard();
      }
    }

    function heard() {
      clearTimeout(lostTimer);
      lostTimer = 0;
      clearTimeout(silence);
      silence = setTimeout(lose, silenceLimit);
    }

    let leave = () => {};
    // A stream of this page's own.
    function alone() { leave = connect(address, name, tell); }

    // Where workers do not start, such as in some kiosk browsers, the page does without.
    function share() {
      const worker = new SharedWorker(script);
      const { port } = worker;
      worker.onerror = () => { if (!hasHeard) { leave(); alone(); } };
      port.onmessage = ({ data }) => { hasHeard = true; tell(data); };
      leave = () => { port.onmessage = null; port.postMessage(null); };
      port.postMessage({ address: new URL(address, location.href).href, name });
    }

    function begin() {
      silence = setTimeout(lose, silenceLimit);
      try { share(); } catch { alone(); }
    }

    function lose() {
      onLost();
      leave();
      silence = setTimeout(lose, silenceLimit);
      if (hasHeard) share(); else alone();
    }

    // A page that the browser keeps to go back to holds no stream.
    addEventListener("pagehide", () => { clearTimeout(silence); leave(); });
    addEventListener("pageshow", (event) => { if (event.persisted) begin(); });
    begin();
  };
})();

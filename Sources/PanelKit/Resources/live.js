"use strict";

// Keeps a page up to date by server-sent events. After a loss it connects again by itself; when the silence
// lasts it says so through onLost, so that no page shows figures that are no longer true. A page that was
// drawn by another version of the daemon is loaded again.
window.keepLive = ({ address, name, version, onUpdate, onLost }) => {
  const silenceLimit = 6000; // three heartbeats
  const graceBeforeLost = 1500; // a quick restart of the daemon passes unseen
  const reopenAfter = 1000;

  let source = null;
  let watchdog = 0;
  let lostTimer = 0;
  let reopenTimer = 0;

  function watch() {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => { onLost(); open(); }, silenceLimit);
  }

  function heard() {
    clearTimeout(lostTimer);
    lostTimer = 0;
    watch();
  }

  function open() {
    clearTimeout(reopenTimer);
    reopenTimer = 0;
    source?.close();
    const current = new EventSource(address);
    source = current;
    current.addEventListener(name, (event) => {
      const update = JSON.parse(event.data);
      if (update.version !== version) { current.close(); location.reload(); return; }
      heard();
      onUpdate(update.value);
    });
    current.addEventListener("heartbeat", heard);
    current.addEventListener("error", () => {
      lostTimer ||= setTimeout(onLost, graceBeforeLost);
      // The browser connects again by itself, except after an answer that was no event stream.
      if (current.readyState === EventSource.CLOSED) reopenTimer ||= setTimeout(open, reopenAfter);
    });
    watch();
  }

  open();
};

import { parentPort } from "./electron.js";
import type { Reply, Request } from "./messages.js";

/** Sends the parent a message; `sent` is called when it is on its way. */
export type SendReply = (reply: Reply, sent?: () => void) => void;

/** How long a utility process waits for a message to leave it: its port does not say when it has. */
const leavingMs = 100;

/** Connects the engine's process to the one that started it. onGone: the parent has ended. */
export function connectToParent(onRequest: (request: Request) => void, onGone: () => void): SendReply {
  const port = parentPort();
  if (port) {
    // Electron ends a utility process when the main process ends.
    port.on("message", ({ data }) => onRequest(data as Request));
    return (reply, sent) => {
      port.postMessage(reply);
      if (sent) setTimeout(sent, leavingMs);
    };
  }
  process.on("disconnect", onGone);
  process.on("message", onRequest);
  // A parent that has ended receives nothing; "disconnect" will follow.
  return (reply, sent = () => {}) => {
    if (process.connected) process.send!(reply, undefined, undefined, () => sent());
    else sent();
  };
}

// A planning thread. It answers each `load` and each `plan` with one message, in order; `unload` with none.
import { parentPort } from 'node:worker_threads';

import { loadPlanner } from './library.js';

const planners = new Map();

const load = ({ version, sdl, copy }) => {
  try {
    planners.set(version, loadPlanner(sdl, copy));
    return { loaded: true };
  } catch (error) {
    return { loaded: false, message: String(error?.message ?? error) };
  }
};

parentPort.on('message', (request) => {
  if (request.kind === 'load') parentPort.postMessage(load(request));
  else if (request.kind === 'plan') parentPort.postMessage(planners.get(request.version)(request.text));
  else planners.delete(request.version);
});

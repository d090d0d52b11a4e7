// A small W3C WebDriver client for WebKitWebDriver, which needs nothing but Node.js.
//
// Each session has a driver of its own: WebKitWebDriver serves one at a time, and one that a crash took along
// must not fail the tests after it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
/** Longest that one request to the driver may take. */
const REQUEST_MS = 60_000;

/** Keys that have no letter, as WebDriver writes them. */
export const Key = {
  Enter: '\uE007',
  Escape: '\uE00C',
  Tab: '\uE004',
  Space: ' ',
  Control: '\uE009',
  Shift: '\uE008',
};

const drivers = new Set();
process.on('exit', () => drivers.forEach(end));
if (process.env.DIVEDEEP_STOP_WITH_INPUT) {
  // xtask holds our input open: when it closes, xtask was stopped, and nothing may stay behind.
  process.stdin.on('end', () => process.exit(1)).resume().unref();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

function end(driver) {
  drivers.delete(driver);
  try {
    // The driver leads a group, to which the program belongs too.
    process.kill(-driver.pid, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}

async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  await once(server.close(), 'close');
  return port;
}

/** Calls until something true comes back; says what was awaited if it never does. */
export async function until(what, attempt, limitMs = 20_000) {
  const deadline = Date.now() + limitMs;
  let last;
  for (;;) {
    try {
      const value = await attempt();
      if (value) return value;
      last = undefined;
    } catch (error) {
      if (error.fatal) throw error;
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited ${limitMs / 1000} s in vain for ${what}${last ? `: ${last.message}` : ''}`);
    }
    await sleep(40);
  }
}

/** A program with a web view, under the driver's hand. */
export class Session {
  #url;
  #driver;
  #log = '';

  /** Starts a driver, and by it the program. `env` is added to the program's environment. */
  static async open({ binary, args = [], env = {} }) {
    const session = new Session();
    const port = await freePort();
    const driver = spawn('WebKitWebDriver', [`--port=${port}`], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      // tauri lets itself be driven only if this is set.
      env: { ...process.env, ...env, TAURI_WEBVIEW_AUTOMATION: 'true' },
    });
    drivers.add(driver);
    driver.on('error', (error) => (session.#log += `${error}\n`));
    for (const stream of [driver.stdout, driver.stderr]) stream.on('data', (text) => (session.#log += text));
    session.#driver = driver;
    session.#url = `http://127.0.0.1:${port}`;
    try {
      await until('the driver', async () => (await fetch(`${session.#url}/status`)).ok);
      const { sessionId } = await session.#request('POST', '/session', {
        capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args } } },
      });
      session.#url += `/session/${sessionId}`;
      return session;
    } catch (error) {
      end(driver);
      throw new Error(`${binary} could not be driven: ${error.message}\n${session.#log}`, { cause: error });
    }
  }

  /** What the program and the driver printed. */
  get log() {
    return this.#log;
  }

  /** Ends the program, by force if it does not go within a second, and then the driver. */
  async close() {
    await this.#request('DELETE', '').catch(() => {});
    await sleep(200);
    end(this.#driver);
    await sleep(200);
  }

  async #request(method, path, body) {
    const options = { method, signal: AbortSignal.timeout(REQUEST_MS) };
    if (method === 'POST') options.body = JSON.stringify(body ?? {});
    let answer;
    try {
      answer = await fetch(this.#url + path, options);
    } catch (error) {
      const why = error.name === 'TimeoutError' ? 'did not answer' : `is gone: ${error.cause?.message ?? error.message}`;
      throw Object.assign(new Error(`the driver ${why} (${method} ${path})\n${this.#log}`), { fatal: true });
    }
    const { value } = await answer.json();
    if (answer.ok) return value;
    const lost = ['invalid session id', 'no such window'].includes(value.error);
    throw Object.assign(new Error(`${value.error}: ${value.message} (${method} ${path})`), {
      name: value.error,
      fatal: lost,
    });
  }

  /** The first element for a CSS selector, now. */
  async find(css) {
    const found = await this.#request('POST', '/element', { using: 'css selector', value: css });
    return found[ELEMENT];
  }

  /** Clicks with the mouse, as soon as the element is there and can be clicked. */
  async click(css) {
    await until(`${css} to be clicked`, async () => {
      await this.#request('POST', `/element/${await this.find(css)}/click`);
      return true;
    });
  }

  /** Types into an element, letter by letter, a new line by the Enter key. */
  async type(css, text) {
    const typed = text.replaceAll('\n', Key.Enter);
    await this.#request('POST', `/element/${await this.find(css)}/value`, { text: typed });
  }

  /** Presses keys together, for example `keys(Key.Control, 'z')`, where the focus is. */
  async keys(...together) {
    const down = together.map((value) => ({ type: 'keyDown', value }));
    const up = together.toReversed().map((value) => ({ type: 'keyUp', value }));
    await this.#request('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions: [...down, ...up] }] });
    await this.#request('DELETE', '/actions');
  }

  /** Runs a function in the page with JSON arguments, and gives its JSON answer. */
  run(work, ...args) {
    return this.#request('POST', '/execute/sync', { script: `return (${work}).apply(null, arguments)`, args });
  }

  /** The window's inside in CSS pixels becomes this large. */
  async resize(width, height) {
    const inside = () => this.run(() => [window.innerWidth, window.innerHeight]);
    await until(`a page of ${width}x${height}`, async () => {
      const [isWidth, isHeight] = await inside();
      if (isWidth === width && isHeight === height) return true;
      const frame = await this.#request('GET', '/window/rect');
      const [nowWidth, nowHeight] = await inside();
      await this.#request('POST', '/window/rect', {
        x: 0,
        y: 0,
        width: frame.width + width - nowWidth,
        height: frame.height + height - nowHeight,
      });
      await sleep(150);
      return false;
    });
  }

  /** What the page looks like, as PNG. */
  async picture() {
    return Buffer.from(await this.#request('GET', '/screenshot'), 'base64');
  }
}

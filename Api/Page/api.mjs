// Speaks to REST: reads documents, and follows events from where the line broke.

// The folder above this file's: whatever a proxy has put before the page stands before all of it.
const base = new URL('..', import.meta.url).pathname;
const root = `${base}api/v1`;
const silence = 25000; // the server beats every 10 s
let token = sessionStorage.getItem('token');

export class Problem extends Error {
  constructor(status, document) {
    super(document?.detail ?? `the server answered ${status}`);
    Object.assign(this, { status, code: document?.code, fix: document?.fix });
  }
}

const headers = more => ({ ...(token ? { Authorization: `Bearer ${token}` } : {}), ...more });

async function ask(path, options = {}) {
  const answer = await fetch(root + path, { ...options, headers: headers(options.headers) });
  if (answer.ok) return answer;
  throw new Problem(answer.status, await answer.json().catch(() => null));
}

export const get = async path => (await ask(path)).json();
export const send = async (method, path) => (await ask(path, { method })).json().catch(() => ({}));

/** Where something else is that the same server serves. */
export const beside = path => base + path;

/** A file for the browser to keep: fetched with the token, which a plain link could not send. */
export async function blob(path) {
  return URL.createObjectURL(await (await ask(path)).blob());
}

export const hasToken = () => token !== null;

export function useToken(value) {
  token = value;
  sessionStorage.setItem('token', value);
}

/**
 * Follows a stream of events until it is left. Goes on after the last id that it got.
 * @param {string} path of the stream
 * @param {{event: function(string, object, string), state: function(string)}} on what to tell
 * @returns {function()} leaves
 */
export function follow(path, on) {
  let last = '', left = false, wait = 500, reader = null;
  const leave = new AbortController();

  async function run() {
    while (!left) {
      try {
        const answer = await ask(path, {
          headers: { Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) },
          signal: leave.signal,
        });
        reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = '';
        for (;;) {
          const { value, done } = await within(reader.read());
          if (done) break;
          wait = 500;
          on.state('live');
          const blocks = (rest + value).split('\n\n');
          rest = blocks.pop();
          blocks.forEach(take);
        }
      } catch (fault) {
        if (left) return;
        reader?.cancel().catch(() => {});
        if (fault instanceof Problem && fault.status < 500 && fault.status !== 429) {
          on.state('gone', fault);
          return;
        }
      }
      if (left) return;
      on.state('reconnecting');
      await new Promise(go => setTimeout(go, wait));
      wait = Math.min(wait * 2, 5000);
    }
  }

  function take(block) {
    let kind = 'message', id = null;
    const data = [];
    for (const line of block.split('\n')) {
      const at = line.indexOf(':');
      const value = line.slice(at + 1).replace(/^ /, '');
      if (line.startsWith('event:')) kind = value;
      else if (line.startsWith('id:')) id = value;
      else if (line.startsWith('data:')) data.push(value);
    }
    if (data.length === 0) return;
    on.event(kind, JSON.parse(data.join('\n')), id);
    if (id !== null) last = id;
  }

  run();
  return () => {
    left = true;
    leave.abort();
  };
}

function within(promise) {
  let timer;
  const limit = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error('silence')), silence);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

// The monitor's stream of changes. It says when it is open, what changed, and when everything has to be read again; a
// stream that cannot be had (too many are open) is tried again later.

export interface StreamCalls {
  on_open: () => void;
  on_lost: () => void;
  on_event: (name: string, data: unknown) => void;
  on_resync: () => void;
}

export interface Stream {
  close: () => void;
}

const again_after = 10_000;
const named = ['record', 'alarm', 'source', 'incident', 'decision'];

export function open_stream(url: string, calls: StreamCalls, make = (at: string) => new EventSource(at)): Stream {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let missed = false; // a stream that is opened anew by us has no memory of what was seen

  const open = () => {
    const one = make(url);
    source = one;
    one.onopen = () => {
      calls.on_open();
      if (missed) calls.on_resync();
      missed = false;
    };
    one.onerror = () => {
      calls.on_lost();
      if (one.readyState !== 2 || closed) return; // 2: closed for good; else the browser tries again by itself
      one.close();
      missed = true;
      timer = setTimeout(open, again_after);
    };
    for (const name of named) {
      one.addEventListener(name, (event) => {
        const data = parsed((event as MessageEvent<string>).data);
        if (data !== undefined) calls.on_event(name, data);
      });
    }
    one.addEventListener('resync', () => calls.on_resync());
  };
  open();
  return {
    close: () => {
      closed = true;
      clearTimeout(timer);
      source?.close();
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

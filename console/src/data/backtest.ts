// A policy tried over the recorded minutes: asked for with POST, told in events while the monitor is at it. It ends when
// the signal says so, or the page goes.
import { Failure, post_for_answer } from './api.ts';
import type { Backtest } from './types.ts';

export interface BacktestAsk {
  from: string; // "7d", or a time
  to?: string; // a time; without it, now
  policy: string; // a policy file
}

interface Told {
  event: string;
  data: string;
}

// Takes pieces of a stream of events as they come, and gives those that are whole.
export class EventReader {
  private rest = '';

  take(piece: string): Told[] {
    const blocks = (this.rest + piece).split('\n\n');
    this.rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const of = (name: string) => block.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const [event, data] = [of('event'), of('data')];
      return event !== undefined && data !== undefined ? [{ event, data }] : [];
    });
  }
}

const busy = 503;
const most_tries = 20; // while the one before, which nobody waits for any more, comes to its end

async function begin(ask: BacktestAsk, signal: AbortSignal): Promise<Response> {
  for (let tries = 1; ; ++tries) {
    try {
      return await post_for_answer('api/v1/backtests', ask, signal);
    } catch (error) {
      if (!(error instanceof Failure) || error.status !== busy || tries === most_tries) throw error;
    }
    await new Promise((later) => setTimeout(later, 500));
  }
}

// Throws a Failure in the monitor's words.
export async function try_policy(ask: BacktestAsk, on_progress: (percent: number, at: string) => void, signal: AbortSignal): Promise<Backtest> {
  const answer = await begin(ask, signal);
  const body = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  const events = new EventReader();
  for (;;) {
    const piece = await body?.read();
    if (!piece || piece.done) throw new Failure(0, 'the monitor ended before it was done; ask again');
    for (const { event, data } of events.take(piece.value)) {
      const told = JSON.parse(data) as unknown;
      if (event === 'outcome') return told as Backtest;
      if (event === 'failed') throw new Failure(400, (told as { error: string }).error);
      const { percent, at } = told as { percent: number; at: string };
      on_progress(percent, at);
    }
  }
}

// The fleet as the page knows it: read once in pages, kept by the stream of changes, and how far it may be believed.
// Everything that is shown comes from here; nothing is written anywhere.
import { arrange, type Arrangement } from './arrange.ts';
import { api_url, ask, Failure, record_path } from './api.ts';
import { worst_strip } from './beat.ts';
import { open_stream, type Stream, type StreamCalls } from './events.ts';
import type { Contact } from './trust.ts';
import type { Assessment, AssessmentList, Healthz, Incident, IncidentList, RecordEvent, Row, Status } from './types.ts';

export interface StoreParts {
  ask: typeof ask;
  open_stream: (path: string, calls: StreamCalls) => Stream;
  now: () => number;
}

const page_of = '1000'; // the most that the monitor gives at once
const health_every = 5_000;
const news_after = 250; // what comes within that is shown together
const news_after_large = 1_000;
const large = 5_000; // records
const details_kept = 400;
const beats_kept = 5_000; // lines of windows, a hundred characters each: who scrolls back finds them drawn
const beat_old_after = 15 * 60_000; // a cell of it later
const details_at_once = 4;
const details_old_after = 60_000; // a minute of evidence later
const most_single_reads = 100; // changed records that are read one by one

export interface Detail {
  assessment: Assessment;
  read_at: number;
}

export class Store {
  readonly rows = new Map<string, Row>();
  incidents: readonly Incident[] = [];
  contact: Contact = { heard_at: 0, health: undefined, status: undefined };
  complete = false; // every record was read
  problem = ''; // why not
  live = false; // the stream is open
  decided = 0; // how many decisions the stream told of
  version = 0;

  private readonly parts: StoreParts;
  private rows_version = 0; // a record came, went or changed
  private readonly details = new Map<string, Detail>();
  private readonly beats = new Map<string, { strip: string; read_at: number }>();
  private readonly wanted = new Map<symbol, readonly string[]>();
  private readonly reading = new Set<string>();
  private readonly changed = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private readonly followers = new Set<(pubkey: string | undefined) => void>();
  private arranged: { version: number; what: Arrangement } | undefined;
  private stream: Stream | undefined;
  private timers: ReturnType<typeof setInterval>[] = [];
  private telling: ReturnType<typeof setTimeout> | undefined;
  private asking: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private round = 0; // of reading everything: a later one ends an earlier one

  constructor(parts: Partial<StoreParts> = {}) {
    this.parts = { ask, open_stream: (path, calls) => open_stream(api_url(path), calls), now: Date.now, ...parts };
  }

  start(): void {
    this.stream = this.parts.open_stream('api/v1/stream', {
      on_open: () => this.set_live(true),
      on_lost: () => this.set_live(false),
      on_event: (name, data) => this.on_event(name, data),
      on_resync: () => {
        ++this.decided;
        void this.read_all();
        this.tell_followers(undefined);
      },
    });
    this.timers.push(setInterval(() => void this.look(), health_every));
    void this.look();
    void this.read_all();
  }

  stop(): void {
    this.stream?.close();
    this.timers.forEach(clearInterval);
    clearTimeout(this.telling);
    clearTimeout(this.asking);
    clearTimeout(this.again);
    ++this.round;
  }

  // Called some time after anything changed.
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  // Called at once with each record that the stream says something of; undefined: it may be of any.
  follow(follower: (pubkey: string | undefined) => void): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  private tell_followers(pubkey: string | undefined): void {
    for (const follower of this.followers) follower(pubkey);
  }

  arrangement(): Arrangement {
    if (this.arranged?.version !== this.rows_version) this.arranged = { version: this.rows_version, what: arrange(this.rows.values()) };
    return this.arranged.what;
  }

  by_name(name: string): Row | undefined {
    const by_key = this.rows.get(name);
    if (by_key) return by_key;
    for (const row of this.rows.values()) if (row.code === name) return row;
    return undefined;
  }

  // ---- records with their criteria: of what is on the screen

  detail(pubkey: string): Assessment | undefined {
    return this.details.get(pubkey)?.assessment;
  }

  // Its window as a line (data/beat.ts); '' when it was not read, or too long ago to be drawn as that of now.
  beat(pubkey: string): string {
    const beat = this.beats.get(pubkey);
    return beat && this.parts.now() - beat.read_at < beat_old_after ? beat.strip : '';
  }

  // What this part of the page shows now; it is read, and read again while it is shown. Nothing: no more.
  want(owner: symbol, pubkeys: readonly string[]): void {
    if (pubkeys.length === 0) this.wanted.delete(owner);
    else this.wanted.set(owner, pubkeys);
    this.read_details();
  }

  private read_details(): void {
    const now = this.parts.now();
    for (const pubkey of [...this.wanted.values()].flat()) {
      if (this.reading.size >= details_at_once) return;
      const detail = this.details.get(pubkey);
      if (!this.rows.has(pubkey)) continue; // gone: asked no more
      const fresh = detail !== undefined && now - detail.read_at < details_old_after && !this.changed.has(pubkey);
      if (!fresh && !this.reading.has(pubkey)) void this.read_one(pubkey);
    }
  }

  private async read_one(pubkey: string): Promise<void> {
    this.reading.add(pubkey);
    this.changed.delete(pubkey);
    try {
      const assessment = await this.parts.ask<Assessment>(record_path(pubkey), { strip: '1', width: '100' });
      const read_at = this.parts.now();
      keep_newest(this.details, details_kept, pubkey, { assessment, read_at });
      keep_newest(this.beats, beats_kept, pubkey, { strip: worst_strip(assessment.findings ?? []), read_at });
      this.keep(assessment);
      this.news();
    } catch (error) {
      if (error instanceof Failure && (error.status === 404 || error.status === 410)) this.drop(pubkey);
      else await pause(1_000); // not at once again
    }
    this.reading.delete(pubkey);
    this.read_details();
    this.read_changed();
  }

  // ---- all of it

  async read_all(): Promise<void> {
    clearTimeout(this.again);
    const round = ++this.round;
    const seen = new Set<string>();
    try {
      const first = await this.read_page({}, seen);
      if (round !== this.round) return;
      this.news();
      if (first !== null) {
        await this.read_pages({ desired_status: ['activated'], status: await this.words_out_of_service() }, seen, round);
        await this.read_pages({}, seen, round, first);
      }
      if (round !== this.round) return;
      for (const pubkey of this.rows.keys()) if (!seen.has(pubkey)) this.drop(pubkey);
      this.complete = true;
      this.problem = '';
    } catch (error) {
      if (round !== this.round) return;
      this.problem = error instanceof Error ? error.message : String(error);
      this.again = setTimeout(() => void this.read_all(), 2_000);
    }
    this.news();
  }

  private async read_pages(query: Record<string, readonly string[]>, seen: Set<string>, round: number, from?: string): Promise<void> {
    let cursor: string | null | undefined = from;
    while (cursor !== null && round === this.round) {
      cursor = await this.read_page(cursor === undefined ? query : { ...query, cursor: [cursor] }, seen);
      this.news();
    }
  }

  private async read_page(query: Record<string, readonly string[]>, seen: Set<string>): Promise<string | null> {
    const list = await this.parts.ask<AssessmentList>('api/v1/assessments', { ...query, findings: '0', limit: page_of });
    for (const row of list.assessments) {
      seen.add(row.pubkey);
      this.keep(row);
    }
    return list.next;
  }

  // What the ledger at hand calls a status that is not "activated": those records are the first that people want to see.
  private async words_out_of_service(): Promise<readonly string[]> {
    interface Parameter {
      name: string;
      schema: { items?: { enum?: string[] } };
    }
    const document = await this.parts.ask<{ paths: Record<string, { get?: { parameters?: Parameter[] } }> }>('api/v1/openapi.json');
    const parameters = document.paths['/api/v1/assessments']?.get?.parameters ?? [];
    const words = parameters.find((parameter) => parameter.name === 'status')?.schema.items?.enum ?? [];
    return words.filter((word) => word !== 'activated');
  }

  private keep(from: Assessment): void {
    const row: Row & Partial<Pick<Assessment, 'findings' | 'strip' | 'notes'>> = { ...from };
    delete row.findings;
    delete row.strip;
    delete row.notes;
    if (is_same(this.rows.get(row.pubkey), row)) return;
    this.rows.set(row.pubkey, row);
    ++this.rows_version;
  }

  private drop(pubkey: string): void {
    this.rows.delete(pubkey);
    ++this.rows_version;
    this.details.delete(pubkey);
    this.beats.delete(pubkey);
    this.news();
  }

  // ---- what changes

  private on_event(name: string, data: unknown): void {
    this.contact = { ...this.contact, heard_at: this.parts.now() };
    if (name === 'record') this.on_record(data as RecordEvent);
    if (name === 'decision') ++this.decided;
    if (name === 'record' || name === 'decision') this.tell_followers((data as { pubkey?: string }).pubkey);
    this.look_soon();
  }

  private on_record(event: RecordEvent): void {
    if (event.change === 'gone') {
      this.drop(event.pubkey);
      return;
    }
    const row = this.rows.get(event.pubkey);
    if (row) {
      const changed: Row & Partial<Pick<RecordEvent, 'change'>> = { ...row, ...event };
      delete changed.change;
      this.rows.set(event.pubkey, changed);
      ++this.rows_version;
    }
    this.changed.add(event.pubkey);
    this.news();
    this.read_changed();
  }

  // The event has no sentence: that is read.
  private read_changed(): void {
    if (this.changed.size > most_single_reads) {
      this.changed.clear();
      void this.read_all();
      return;
    }
    for (const pubkey of this.changed) {
      if (this.reading.size >= details_at_once) return;
      if (!this.reading.has(pubkey)) void this.read_one(pubkey);
    }
  }

  private set_live(live: boolean): void {
    this.live = live;
    this.news();
  }

  // The monitor's own state and the incidents, which events do not have in full.
  look_soon(): void {
    this.asking ??= setTimeout(() => {
      this.asking = undefined;
      void this.look();
    }, 500);
  }

  private async look(): Promise<void> {
    try {
      const [health, status, list] = await Promise.all([
        this.parts.ask<Healthz>('healthz', undefined, [503]),
        this.parts.ask<Status>('api/v1/status').catch(() => this.contact.status),
        this.parts.ask<IncidentList>('api/v1/incidents').catch(() => undefined),
      ]);
      this.contact = { heard_at: this.parts.now(), health, status };
      if (list) this.incidents = list.incidents;
    } catch {
      // The age of the last answer says it.
    }
    this.read_details();
    this.news();
  }

  private news(): void {
    ++this.version;
    this.telling ??= setTimeout(
      () => {
        this.telling = undefined;
        for (const listener of this.listeners) listener();
      },
      this.rows.size > large ? news_after_large : news_after,
    );
  }
}

// The oldest one stands first, and goes first.
function keep_newest<T>(kept: Map<string, T>, most: number, key: string, value: T): void {
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= most) break;
    kept.delete(oldest);
  }
}

// But for when it was looked at. Both are of one program, so their members stand in one order.
function is_same(was: Row | undefined, is: Row): boolean {
  return was !== undefined && JSON.stringify({ ...was, at: '' }) === JSON.stringify({ ...is, at: '' });
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

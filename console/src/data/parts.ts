// Parts of /healthz that only the page on sources looks at. Each member may be absent.

export interface StoreTalk {
  store: string;
  kind?: string;
  subject?: string;
  watermark?: string;
  age?: string;
  requests?: number;
  bytes?: number;
  rows?: number;
  rows_unknown?: number;
  rows_unreadable?: number;
  failures?: Record<string, number>;
  last_error?: string;
  asked_again_at?: string;
  answered_at?: string;
  back_fill?: { done_minutes: number; of_minutes: number };
}

export interface Hook {
  name: string;
  kind?: string;
  to?: string;
  state?: string;
  events_waiting?: number;
  oldest_at?: string;
  last_delivered_at?: string;
  next_try_at?: string;
  failures?: number;
  last_error?: string;
}

export interface RecordNotes {
  code: string;
  pubkey: string;
  notes: readonly string[];
}

// What is there, as a list: an older monitor, or one without stores, has none.
export const stores_in = (value: unknown) => (Array.isArray(value) ? (value as readonly StoreTalk[]) : []);
export const hooks_in = (value: unknown) => (Array.isArray(value) ? (value as readonly Hook[]) : []);
export const notes_in = (value: unknown) => (Array.isArray(value) ? (value as readonly RecordNotes[]) : []);

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

export function bytes(n: number | undefined): string {
  if (n === undefined) return '';
  let size = n;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    ++unit;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit] ?? ''}`;
}

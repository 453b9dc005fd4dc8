// Times and durations as an operator reads them: UTC, no more digits than help.

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

// Milliseconds since 1970; NaN for what is no time.
export function at(text: string | null | undefined): number {
  return text ? Date.parse(text) : Number.NaN;
}

const two = (n: number) => String(n).padStart(2, '0');

export function clock(time: number, seconds = false): string {
  const d = new Date(time);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}${seconds ? `:${two(d.getUTCSeconds())}` : ''}`;
}

const days_of_week = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

// "17:36", "tomorrow 17:36", "Fri 17:36", "24 Dec 17:36": as far as it has to say.
export function moment(time: number, now: number): string {
  if (Number.isNaN(time)) return '';
  const days = Math.floor(time / day) - Math.floor(now / day);
  const d = new Date(time);
  if (days === 0) return clock(time);
  if (days === 1) return `tomorrow ${clock(time)}`;
  if (days === -1) return `yesterday ${clock(time)}`;
  if (days > 1 && days < 7) return `${days_of_week[d.getUTCDay()] ?? ''} ${clock(time)}`;
  return `${d.getUTCDate()} ${months[d.getUTCMonth()] ?? ''} ${clock(time)}`;
}

// "20 h 41 m", "4 m 12 s", "3 d 2 h"; never more than two units.
export function span(ms: number): string {
  const left = Math.max(0, ms);
  if (left < minute) return `${Math.floor(left / 1000)} s`;
  if (left < hour) return `${Math.floor(left / minute)} m ${two(Math.floor((left % minute) / 1000))} s`;
  if (left < 2 * day) return `${Math.floor(left / hour)} h ${two(Math.floor((left % hour) / minute))} m`;
  return `${Math.floor(left / day)} d ${Math.floor((left % day) / hour)} h`;
}

// An age in one unit: what is looked at is whether it is small.
export function age(ms: number): string {
  const old = Math.max(0, ms);
  if (old < 100 * 1000) return `${Math.floor(old / 1000)} s`;
  if (old < 100 * minute) return `${Math.floor(old / minute)} min`;
  if (old < 2 * day) return `${Math.floor(old / hour)} h`;
  return `${Math.floor(old / day)} d`;
}

// Of a window: "23:41".
export function hours(minutes: number): string {
  const whole = Math.max(0, Math.round(minutes));
  return `${two(Math.floor(whole / 60))}:${two(whole % 60)}`;
}

// Bytes as the formats have them: base64, hex, base58, and little-endian fields one after the other.

export class Malformed extends Error {}

export function from_base64(text: string): Uint8Array {
  let bytes: string;
  try {
    bytes = atob(text);
  } catch {
    throw new Malformed('expected base64, found something else');
  }
  const read = Uint8Array.from(bytes, (letter) => letter.charCodeAt(0));
  // One form a content: with padding, without blanks, bits left over are 0.
  if (to_base64(read) !== text) throw new Malformed('expected the one form of base64, found another');
  return read;
}

export function to_base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export function to_hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

export function to_base58(bytes: Uint8Array): string {
  const digits: number[] = [];
  for (const byte of bytes) {
    let carry = byte;
    for (let i = 0; i < digits.length; ++i) {
      carry += (digits[i] ?? 0) * 256;
      digits[i] = carry % 58;
      carry = Math.floor(carry / 58);
    }
    for (; carry > 0; carry = Math.floor(carry / 58)) digits.push(carry % 58);
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  const ones = '1'.repeat(zeros < 0 ? bytes.length : zeros);
  return ones + digits.reverse().map((digit) => alphabet[digit]).join('');
}

export function is_equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const text_bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export function i64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value, true);
  return bytes;
}

// Reads fields; throws Malformed where the bytes are no such field.
export class Reader {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private skip(count: number): number {
    if (count > this.bytes.length - this.at) throw new Malformed('expected more bytes, found the end');
    this.at += count;
    return this.at - count;
  }

  take(count: number): Uint8Array {
    const from = this.skip(count);
    return this.bytes.slice(from, from + count);
  }
  rest(): Uint8Array {
    return this.bytes.slice(this.at);
  }
  u8 = (): number => this.view.getUint8(this.skip(1));
  u16 = (): number => this.view.getUint16(this.skip(2), true);
  u32 = (): number => this.view.getUint32(this.skip(4), true);
  i32 = (): number => this.view.getInt32(this.skip(4), true);
  u64 = (): bigint => this.view.getBigUint64(this.skip(8), true);
  i64 = (): bigint => this.view.getBigInt64(this.skip(8), true);
  hash = (): Uint8Array => this.take(32);
  text = (): string => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(this.u32()));
    } catch (error) {
      throw error instanceof Malformed ? error : new Malformed('expected a text in UTF-8, found other bytes');
    }
  };
  flag = (): boolean => {
    const value = this.u8();
    if (value > 1) throw new Malformed(`expected a bool, found ${value}`);
    return value === 1;
  };
  option = <T>(read: () => T): T | undefined => (this.flag() ? read() : undefined);
  each = <T>(read: () => T): T[] => this.times(this.u32(), read);
  // Each element has at least one byte.
  times<T>(count: number, read: () => T): T[] {
    if (count > this.bytes.length - this.at) throw new Malformed('expected more bytes, found the end');
    return Array.from({ length: count }, read);
  }
  // Solana's compact-u16 in its shortest form.
  compact = (): number => {
    let number = 0;
    for (let i = 0; i < 3; ++i) {
      const byte = this.u8();
      number |= (byte & 0x7f) << (7 * i);
      if ((byte & 0x80) !== 0) continue;
      if ((i > 0 && byte === 0) || number > 0xffff) break;
      return number;
    }
    throw new Malformed('expected the shortest form of a number, found another');
  };
  end(): void {
    if (this.at !== this.bytes.length) throw new Malformed(`expected the end, found ${this.bytes.length - this.at} more bytes`);
  }
}

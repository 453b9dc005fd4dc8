// Transactions as the ledger has them: docs/formats/transactions.md.
import { from_base64, Malformed, Reader, to_base58 } from './bytes.ts';

export interface Call {
  program: string; // in base58
  accounts: string[];
  data: Uint8Array;
}

export interface Transaction {
  signatures: Uint8Array[];
  message: Uint8Array; // what is signed
  keys: Uint8Array[];
  signers: number; // the first so many keys
  calls: Call[];
}

const memo_program = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';

export function read_transaction(bytes: Uint8Array): Transaction {
  const in_ = new Reader(bytes);
  const signatures = in_.times(in_.compact(), () => in_.take(64));
  const message = in_.rest();
  const first = in_.u8();
  const versioned = first === 0x80;
  if (first > 0x7f && !versioned) throw new Malformed(`expected a message of version 0 or none, found ${first & 0x7f}`);
  const signers = versioned ? in_.u8() : first;
  in_.u8();
  in_.u8();
  const keys = in_.times(in_.compact(), () => in_.hash());
  in_.hash(); // recent block hash
  const named = keys.map(to_base58);
  const name = (index: number): string => {
    const key = named[index];
    if (key === undefined) throw new Malformed('expected a transaction that names its accounts itself, found an index beyond them');
    return key;
  };
  const calls = in_.times(in_.compact(), (): Call => {
    const program = name(in_.u8());
    const accounts = in_.times(in_.compact(), () => name(in_.u8()));
    return { program, accounts, data: in_.take(in_.compact()) };
  });
  if (versioned && in_.compact() !== 0) throw new Malformed('expected a transaction that names its accounts itself, found one with lookup tables');
  in_.end();
  if (signatures.length !== signers || signers === 0 || signers > keys.length) throw new Malformed('expected a signature for each signer, found another number of them');
  return { signatures, message, keys, signers, calls };
}

// The root in its only memo of this form.
export function memo_root(sent: Transaction): { text: string; root: Uint8Array } {
  const memos = sent.calls.filter((one) => one.program === memo_program).map((one) => new TextDecoder().decode(one.data)).filter((text) => text.startsWith('dzd1:'));
  const [text] = memos;
  if (text === undefined || memos.length > 1) throw new Malformed(`expected one memo dzd1: in the transaction, found ${memos.length}`);
  const root = from_base64(text.slice('dzd1:'.length));
  if (root.length !== 32) throw new Malformed('expected a root of 32 bytes in the memo, found others');
  return { text, root };
}

// What the browser's WebCrypto does here. A page that did not come over HTTPS, or from the monitor's own machine, has none;
// and some browsers know no Ed25519: what cannot be checked is said, and never ticked.

export interface Tools {
  sha256: (bytes: Uint8Array) => Promise<Uint8Array>;
  // None: this browser cannot tell.
  is_signed: (key: Uint8Array, signature: Uint8Array, message: Uint8Array) => Promise<boolean | undefined>;
}

export function tools_of(subtle: SubtleCrypto | undefined): Tools | undefined {
  if (!subtle) return undefined;
  return {
    sha256: async (bytes) => new Uint8Array(await subtle.digest('SHA-256', own(bytes))),
    is_signed: async (key, signature, message) => {
      let known: CryptoKey;
      try {
        known = await subtle.importKey('raw', own(key), 'Ed25519', false, ['verify']);
      } catch (error) {
        // Of a key that is none the browser says DataError: nothing was signed by it.
        return error instanceof Error && error.name === 'DataError' ? false : undefined;
      }
      return subtle.verify('Ed25519', known, own(signature), own(message));
    },
  };
}

// WebCrypto takes bytes that nobody else can change under it.
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

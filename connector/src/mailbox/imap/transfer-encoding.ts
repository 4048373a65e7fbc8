import { Buffer } from 'node:buffer';

const EQUALS = 0x3d;
const CR = 0x0d;
const LF = 0x0a;

/** The bytes of a MIME part without its Content-Transfer-Encoding (RFC 2045 section 6). Never throws. */
export function decodeTransfer(bytes: Uint8Array, encoding: string | undefined): Uint8Array {
  switch (encoding?.toLowerCase()) {
    case 'base64':
      return Buffer.from(Buffer.from(bytes).toString('latin1'), 'base64');
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes);
    default:
      return bytes;
  }
}

function decodeQuotedPrintable(bytes: Uint8Array): Uint8Array {
  const decoded = new Uint8Array(bytes.length);
  let length = 0;
  for (let place = 0; place < bytes.length; place += 1) {
    const next = bytes[place + 1];
    if (bytes[place] !== EQUALS) decoded[length++] = bytes[place]!;
    else if (next === LF) place += 1;
    else if (next === CR && bytes[place + 2] === LF) place += 2;
    else {
      const value = hexValue(next) * 16 + hexValue(bytes[place + 2]);
      decoded[length++] = Number.isNaN(value) ? EQUALS : value;
      if (!Number.isNaN(value)) place += 2;
    }
  }
  return decoded.subarray(0, length);
}

function hexValue(digit: number | undefined): number {
  return digit === undefined ? Number.NaN : Number.parseInt(String.fromCharCode(digit), 16);
}

import { MailboxError } from '../mailbox-error.ts';
import type { ConnectionSlot, ConnectionSlots, Purpose } from '../connection-slots.ts';
import { connectImap, type ImapConnection } from './imap-connection.ts';
import { isServerFull } from './imap-error.ts';
import type { ImapOptions } from './imap-options.ts';

/** The one connection of a mailbox, which comes and goes with a slot at its server. One task at a time uses it. */
export interface HeldConnection {
  /** The connection that is there and was not lost yet, as far as anybody knows. */
  current(): ImapConnection | undefined;
  /** The connection; a new one, as soon as there is a slot for it, when there is none or it was lost. */
  connect(purpose: Purpose, signal: AbortSignal): Promise<ImapConnection>;
  /** Waits with the connection; the signal that the task is given aborts when another mailbox needs the slot. */
  lend<T>(task: (wanted: AbortSignal) => Promise<T>): Promise<T>;
  /** The task is over: the connection stays until another mailbox needs the slot. */
  rest(): void;
  close(): Promise<void>;
}

export function holdConnection(options: ImapOptions, slots: ConnectionSlots): HeldConnection {
  const { host, port, user, address = user, log = () => undefined } = options;
  const server = `${host.toLowerCase()}:${port}`;
  let connection: ImapConnection | undefined;
  let slot: ConnectionSlot | undefined;
  let closed = false;

  async function drop(): Promise<void> {
    const [leaving, held] = [connection, slot];
    [connection, slot] = [undefined, undefined];
    await leaving?.close();
    held?.release();
  }

  const giveWay = (): void => {
    log(`Gave up the connection to ${host}:${port} of ${address}, because another mailbox needs one.`);
    void drop();
  };

  async function open(taken: ConnectionSlot): Promise<ImapConnection> {
    try {
      const opened = await taken.login(() => connectImap(options));
      log(`Connected to ${host}:${port} for ${address}.`);
      return opened;
    } catch (error) {
      if (isServerFull(error)) taken.refused();
      taken.release();
      slot = undefined;
      throw error;
    }
  }

  return {
    current: () => (connection?.usable() ? connection : undefined),

    async connect(purpose, signal) {
      if (!connection?.usable()) {
        slot ??= await slots.take(server, purpose, signal);
        connection = await open(slot);
        if (closed) await drop();
      }
      if (!connection) throw new MailboxError('retry', `The mailbox ${address} is closed; open it again.`);
      slot?.use();
      return connection;
    },

    async lend(task) {
      const wanted = new AbortController();
      slot?.yieldable('wait', () => wanted.abort());
      try {
        return await task(wanted.signal);
      } finally {
        if (wanted.signal.aborted) giveWay();
        else slot?.use();
      }
    },

    rest() {
      if (connection?.usable()) slot?.yieldable('rest', giveWay);
      else void drop();
    },

    async close() {
      closed = true;
      await drop();
    },
  };
}

import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { connect as connectTls } from 'node:tls';

/** Where a mail server listens. `secure`: TLS from the first byte (port 465); otherwise plain. */
export interface MailServer {
	host: string;
	port: number;
	secure?: boolean;
}

/** What went wrong with a mail server: it cannot be reached, says nothing in time, or answers with a refusal. */
export class SmtpError extends Error {
	override readonly name = 'SmtpError';
	constructor(
		readonly reason: 'timeout' | 'unreachable' | 'refused' | 'closed',
		message: string,
		/** reply code of RFC 5321, 4.2, where the server said one */
		readonly code?: number,
	) {
		super(message);
	}
}

/** An SMTP conversation (RFC 5321) of one command and one reply at a time. The whole of it has one time limit. */
export class SmtpDialogue {
	private constructor(
		private readonly socket: Socket,
		private readonly replies: AsyncIterator<string>,
		private readonly failure: Promise<never>,
		private readonly timer: NodeJS.Timeout,
		/** the server's first line */
		readonly greeting: string,
	) {}

	/** Connects, and waits for the greeting 220. Throws SmtpError. */
	static async open(server: MailServer, timeoutMs: number): Promise<SmtpDialogue> {
		const { host, port, secure = false } = server;
		const name = `${host}:${port}`;
		const socket = secure ? connectTls({ host, port, servername: host }) : connectPlain({ host, port });
		let timer: NodeJS.Timeout | undefined;
		const failure = new Promise<never>((_resolve, reject) => {
			timer = setTimeout(
				() =>
					reject(new SmtpError('timeout', `The mail server ${name} did not answer within ${timeoutMs} ms.`)),
				timeoutMs,
			);
			socket.once('error', (error: NodeJS.ErrnoException) =>
				reject(
					new SmtpError(
						'unreachable',
						`The mail server ${name} cannot be reached (${error.code ?? 'error'}).`,
					),
				),
			);
			socket.once('close', () =>
				reject(new SmtpError('closed', `The mail server ${name} closed the connection.`)),
			);
		});
		failure.catch(() => undefined);
		const close = (): void => {
			clearTimeout(timer);
			socket.destroy();
		};
		try {
			await Promise.race([once(socket, secure ? 'secureConnect' : 'connect'), failure]);
			const replies = createInterface({ input: socket })[Symbol.asyncIterator]();
			const greeting = await Promise.race([reply(replies), failure]);
			if (!greeting.startsWith('220'))
				throw new SmtpError('refused', `The mail server ${name} says: ${greeting}`, codeOf(greeting));
			return new SmtpDialogue(socket, replies, failure, timer as unknown as NodeJS.Timeout, greeting);
		} catch (error) {
			close();
			throw error;
		}
	}

	/** The last line of the reply. Throws SmtpError when it is a refusal (4xx, 5xx) or none comes. */
	async command(line: string): Promise<string> {
		this.socket.write(`${line}\r\n`);
		const said = await Promise.race([reply(this.replies), this.failure]);
		if (/^[45]/.test(said)) throw new SmtpError('refused', said, codeOf(said));
		return said;
	}

	/** Says goodbye without waiting for an answer. */
	close(): void {
		clearTimeout(this.timer);
		if (!this.socket.destroyed) this.socket.end('QUIT\r\n');
		this.socket.unref();
	}

	/** Ends at once. */
	destroy(): void {
		clearTimeout(this.timer);
		this.socket.destroy();
	}
}

/** A reply may have several lines; the last has a space after the code (RFC 5321, 4.2.1). */
async function reply(lines: AsyncIterator<string>): Promise<string> {
	for (;;) {
		const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
		if (done === true || value === undefined)
			throw new SmtpError('closed', 'The mail server closed the connection.');
		if (/^\d{3}( |$)/.test(value)) return value;
	}
}

function codeOf(line: string): number {
	return Number(line.slice(0, 3));
}

import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

import { keyCheck } from '../http/service';
import type { MailFaults } from './faults';
import type { Mailbox } from './mailbox';

/** The user name that goes with the sandbox's key. */
export const mailUser = 'n8n';

const largestMail = 32 * 1024 * 1024;

export interface SmtpService {
	host: string;
	port: number;
	close(): Promise<void>;
}

/**
 * An SMTP server on loopback that keeps every mail and sends none on. Clients sign in with `mailUser` and the sandbox's key; there
 * is no TLS, since nothing leaves this computer.
 */
export async function startSmtp(options: {
	host: string;
	port: number;
	apiKey: string;
	mailbox: Mailbox;
	faults: MailFaults;
}): Promise<SmtpService> {
	const { host, mailbox, faults } = options;
	const isKey = keyCheck(options.apiKey);
	const handlers: SMTPServerOptions = {
		onConnect: (_session, done) => {
			const fault = faults.connection()?.fault;
			if (fault === 'hang') return;
			done(fault === 'refuse' ? failure(421, 'The sandbox was told to turn mail away.') : undefined);
		},
		onAuth: ({ username, password }, _session, done) => {
			if (username === mailUser && isKey(password ?? undefined)) done(undefined, { user: mailUser });
			else done(failure(535, `Sign in as "${mailUser}" with the sandbox's key.`));
		},
		onRcptTo: ({ address }, _session, done) =>
			done(faults.rejects(address) ? failure(550, `There is no mailbox ${address}.`) : undefined),
		onData: (stream, { envelope }, done) => {
			const take = async (): Promise<void> => {
				const source = await buffer(stream);
				if (stream.sizeExceeded) throw failure(552, 'A mail may have up to 32 MB.');
				const { subject = '', text = '', attachments } = await simpleParser(source);
				const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
				const to = envelope.rcptTo.map(({ address }) => address);
				const bounced = faults.bounces(to);
				mailbox.put({
					from,
					to,
					subject,
					text,
					status: bounced ? 'bounced' : 'delivered',
					attachments: attachments.map(({ filename, contentType, content }, index) => ({
						name: filename ?? `attachment-${index + 1}`,
						type: contentType,
						content,
					})),
				});
				if (bounced) returned(mailbox, from, to, subject);
			};
			take().then(() => done(), done);
		},
	};
	const server = new SMTPServer({
		...handlers,
		name: 'mail.sandbox.example',
		banner: 'Sandbox: a stand-in, not a real mail server',
		authMethods: ['PLAIN', 'LOGIN'],
		disabledCommands: ['STARTTLS'],
		allowInsecureAuth: true,
		disableReverseLookup: true,
		size: largestMail,
		logger: false,
		closeTimeout: 100,
	});
	server.on('error', () => undefined);
	await new Promise<void>((resolve, reject) => {
		server.server.once('error', (error: NodeJS.ErrnoException) =>
			reject(
				error.code === 'EADDRINUSE'
					? new Error(
							`Port ${options.port} on ${host} is taken by another program; choose another port for the sandbox's mail server.`,
						)
					: error,
			),
		);
		server.listen(options.port, host, () => resolve());
	});
	return {
		host,
		port: (server.server.address() as AddressInfo).port,
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}

/** The notice that its sender gets when a mail comes back (RFC 3464). */
function returned(mailbox: Mailbox, sender: string, to: string[], subject: string): void {
	if (sender === '') return;
	mailbox.put({
		from: '',
		to: [sender],
		subject: `Undelivered mail returned to sender: ${subject}`,
		text: `The sandbox was told to return this mail. It did not reach: ${to.join(', ')}.`,
		status: 'delivered',
		attachments: [],
	});
}

function failure(responseCode: number, message: string): Error {
	return Object.assign(new Error(message), { responseCode });
}

import { SmtpDialogue, SmtpError } from '../../../connectors/smtp/dialogue';
import type { Mailbox } from '../mail/mailbox';
import { mailUser } from '../mail/smtp';
import type { Message } from './model';
import type { ApprovalRecords } from './records';

const bounceSubject = 'Undelivered mail returned to sender: ';

/**
 * Hands the ERP's messages to its mail server, one after the other, and writes into each what became of it. A message that comes back
 * is found in the ERP's own mailbox.
 */
export class Mailer {
	private working: Promise<void> = Promise.resolve();
	private closed = false;
	private lastBounce = 0;

	constructor(
		private readonly records: ApprovalRecords,
		private readonly mailbox: Mailbox,
		private readonly apiKey: string,
	) {
		this.lastBounce = Number(mailbox.list({ limit: 1 })[0]?.id ?? 0);
		mailbox.onMail(() => this.readBounces());
	}

	/** Tries these; resolves when each has been tried, whatever became of it. */
	async send(ids: string[]): Promise<void> {
		this.working = this.working.then(async () => {
			for (const id of ids) if (!this.closed) await this.deliver(id);
		});
		await this.working;
	}

	async close(): Promise<void> {
		this.closed = true;
		await this.working;
	}

	private async deliver(id: string): Promise<void> {
		const settings = this.records.get('settings', 'settings');
		const message = this.records.get('messages', id);
		if (message === undefined || settings === undefined || settings.mailQueue === 'stopped') return;
		if (message.to === undefined) {
			this.note(id, { status: 'rejected', error: 'The user has no e-mail address.' });
			return;
		}
		for (let attempt = 1; attempt <= settings.mailAttempts && !this.closed; attempt += 1) {
			const attemptedAt = new Date().toISOString();
			try {
				await this.transmit(settings, { ...message, to: message.to });
				this.note(id, { status: 'sent', attempts: attempt, attemptedAt });
				return;
			} catch (error) {
				if (!(error instanceof SmtpError)) throw error;
				const final = error.code !== undefined && error.code >= 500;
				const status = final ? 'rejected' : attempt === settings.mailAttempts ? 'stuck' : 'queued';
				this.note(id, { status, attempts: attempt, attemptedAt, error: error.message });
				if (final) return;
			}
		}
	}

	private async transmit(
		{
			mailHost,
			mailPort,
			mailTimeoutMs,
			sender,
		}: { mailHost: string; mailPort: number; mailTimeoutMs: number; sender: string },
		{ id, document, to }: Message & { to: string },
	): Promise<void> {
		const dialogue = await SmtpDialogue.open({ host: mailHost, port: mailPort }, mailTimeoutMs);
		try {
			await dialogue.command('EHLO erp.sandbox.example');
			await dialogue.command(`AUTH PLAIN ${Buffer.from(`\0${mailUser}\0${this.apiKey}`).toString('base64')}`);
			await dialogue.command(`MAIL FROM:<${sender}>`);
			await dialogue.command(`RCPT TO:<${to}>`);
			await dialogue.command('DATA');
			await dialogue.command(
				[
					`From: <${sender}>`,
					`To: <${to}>`,
					`Subject: ${document} waits for your approval (${id})`,
					'',
					`${document} waits for your approval.`,
					'.',
				].join('\r\n'),
			);
		} finally {
			dialogue.close();
		}
	}

	/** What came back is never called sent, whichever was noticed first. */
	private note(id: string, changes: Partial<Message>): void {
		const message = this.records.get('messages', id);
		if (message === undefined) return;
		const { error: _former, ...kept } = message;
		if (message.status === 'bounced' && changes.status === 'sent') {
			const { status: _sent, ...others } = changes;
			this.records.put('messages', { ...message, ...others });
		} else this.records.put('messages', { ...kept, ...changes });
	}

	private readBounces(): void {
		if (this.closed) return;
		const sender = this.records.get('settings', 'settings')?.sender;
		for (const { id, to, subject, text } of this.mailbox.list({ limit: 20 })) {
			if (Number(id) <= this.lastBounce || sender === undefined || !to.includes(sender)) continue;
			const message = /\((M-[^)]+)\)$/.exec(subject)?.[1];
			if (!subject.startsWith(bounceSubject) || message === undefined) continue;
			this.note(message, { status: 'bounced', error: text });
		}
		this.lastBounce = Math.max(this.lastBounce, Number(this.mailbox.list({ limit: 1 })[0]?.id ?? 0));
	}
}

import { ServiceDatabase, type Row, type Statement } from '../database';
import { likePattern, pageSize } from '../records/query';

/** A mail as it arrived. Attachments are listed; `attachment` gives their bytes. */
export interface Mail {
	id: string;
	receivedAt: string;
	/** address of the envelope */
	from: string;
	/** addresses of the envelope */
	to: string[];
	subject: string;
	/** the plain text, or what an HTML body says */
	text: string;
	/** `bounced`: taken, and then returned to its sender */
	status: 'delivered' | 'bounced';
	attachments: Array<{ name: string; type: string; bytes: number }>;
}

export type NewMail = Omit<Mail, 'id' | 'receivedAt' | 'attachments'> & {
	attachments: Array<{ name: string; type: string; content: Buffer }>;
};

const schema = `
CREATE TABLE IF NOT EXISTS mails (
	row INTEGER PRIMARY KEY AUTOINCREMENT, received_at INTEGER NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
	subject TEXT NOT NULL, text TEXT NOT NULL, status TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS attachments (
	mail INTEGER NOT NULL REFERENCES mails (row), position INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
	bytes INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (mail, position)
) STRICT, WITHOUT ROWID;`;

/** All mail that the company has received, whoever it was for. */
export class Mailbox {
	private readonly database: ServiceDatabase;
	private readonly statements: Record<
		'put' | 'attach' | 'one' | 'list' | 'attachments' | 'content' | 'count',
		Statement
	>;
	private readonly listeners: Array<() => void> = [];

	constructor(file: string) {
		const database = new ServiceDatabase(file, schema);
		this.database = database;
		this.statements = {
			put: database.prepare(
				'INSERT INTO mails (received_at, sender, recipients, subject, text, status) VALUES (?, ?, ?, ?, ?, ?)',
			),
			attach: database.prepare(
				'INSERT INTO attachments (mail, position, name, type, bytes, content) VALUES (?, ?, ?, ?, ?, ?)',
			),
			one: database.prepare('SELECT * FROM mails WHERE row = ?'),
			list: database.prepare(`SELECT * FROM mails WHERE row < ? AND (? IS NULL OR recipients LIKE ? ESCAPE '\\'
				OR subject LIKE ? ESCAPE '\\' OR text LIKE ? ESCAPE '\\') ORDER BY row DESC LIMIT ?`),
			attachments: database.prepare(
				'SELECT name, type, bytes FROM attachments WHERE mail = ? ORDER BY position',
			),
			content: database.prepare('SELECT * FROM attachments WHERE mail = ? AND position = ?'),
			count: database.prepare('SELECT count(*) AS mails FROM mails'),
		};
	}

	/** Called after each mail. */
	onMail(listener: () => void): void {
		this.listeners.push(listener);
	}

	close(): void {
		this.database.close();
	}

	get count(): number {
		return Number(this.statements.count.get()?.mails ?? 0);
	}

	put({ from, to, subject, text, status, attachments }: NewMail): Mail {
		const row = this.database.transaction(() => {
			const recipients = JSON.stringify(to);
			const { lastInsertRowid } = this.statements.put.run(
				Date.now(),
				from,
				recipients,
				subject,
				text,
				status,
			);
			attachments.forEach(({ name, type, content }, position) =>
				this.statements.attach.run(lastInsertRowid, position, name, type, content.length, content),
			);
			return lastInsertRowid;
		});
		for (const listener of this.listeners) listener();
		const mail = this.mail(String(row));
		if (!mail) throw new Error(`mail ${row} vanished after its transaction`);
		return mail;
	}

	mail(id: string): Mail | undefined {
		const row = this.statements.one.get(Number(id));
		return row && this.mailOf(row);
	}

	/** The newest first; `search` looks at recipients, subject and text. */
	list(query: { before?: string | undefined; search?: string | undefined; limit?: number | undefined } = {}) {
		const pattern = likePattern(query.search);
		return this.statements.list
			.all(
				query.before === undefined ? Number.MAX_SAFE_INTEGER : Number(query.before),
				pattern,
				pattern,
				pattern,
				pattern,
				pageSize(query.limit),
			)
			.map((row) => this.mailOf(row));
	}

	/** One attachment, counted from 0. */
	attachment(id: string, position: number): { name: string; type: string; content: Buffer } | undefined {
		const row = this.statements.content.get(Number(id), position) as
			| { name: string; type: string; content: Uint8Array }
			| undefined;
		return row && { name: row.name, type: row.type, content: Buffer.from(row.content) };
	}

	private mailOf(row: Row): Mail {
		return {
			id: String(row.row),
			receivedAt: new Date(Number(row.received_at)).toISOString(),
			from: String(row.sender),
			to: JSON.parse(String(row.recipients)) as string[],
			subject: String(row.subject),
			text: String(row.text),
			status: row.status as Mail['status'],
			attachments: this.statements.attachments.all(Number(row.row)) as unknown as Mail['attachments'],
		};
	}
}

import type { MailHandshake } from '../../core/model/approval';
import { SmtpDialogue, SmtpError, type MailServer } from './dialogue';

/**
 * Whether a mail server would take a mail now: a connection, its greeting and EHLO (RFC 5321, 3.1 and 3.2), and nothing sent. Never
 * throws: what went wrong is the answer.
 */
export async function mailHandshake(
	server: MailServer,
	timeoutMs: number,
	clock: () => Date = () => new Date(),
): Promise<MailHandshake> {
	const about = { host: server.host, port: server.port };
	let dialogue: SmtpDialogue | undefined;
	try {
		dialogue = await SmtpDialogue.open(server, timeoutMs);
		const said = await dialogue.command('EHLO approval-diagnostics');
		return { ...about, state: 'ready', at: clock().toISOString(), says: said };
	} catch (error) {
		if (!(error instanceof SmtpError)) throw error;
		const state = error.reason === 'closed' ? 'refused' : error.reason;
		return { ...about, state, at: clock().toISOString(), says: error.message };
	} finally {
		dialogue?.close();
	}
}

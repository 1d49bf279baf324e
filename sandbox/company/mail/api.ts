import { limitOf } from '../http/callTerms';
import { faultRoutes, ServiceError, type Route } from '../http/service';
import { MailFaultPlan, type MailFaults } from './faults';
import type { Mail, Mailbox } from './mailbox';

/** What came in, over HTTP. */
export function mailRoutes(mailbox: Mailbox, faults: MailFaults): Route[] {
	return [
		{
			method: 'GET',
			path: '/api/mails',
			handle: ({ query }) => ({
				mails: mailbox.list({
					before: query.get('before') ?? undefined,
					search: query.get('search') ?? undefined,
					limit: limitOf(query),
				}),
			}),
		},
		{ method: 'GET', path: '/api/mails/:id', handle: ({ parameters: { id = '' } }) => known(mailbox, id) },
		{
			method: 'GET',
			path: '/api/mails/:id/attachments/:position',
			handle: ({ parameters: { id = '', position = '' } }) => {
				const { content, ...attachment } = attachmentOf(mailbox, id, position);
				return { ...attachment, base64: content.toString('base64') };
			},
		},
		...faultRoutes('/admin/smtp-faults', faults, MailFaultPlan),
	];
}

export function attachmentOf(
	mailbox: Mailbox,
	id: string,
	position: string,
): NonNullable<ReturnType<Mailbox['attachment']>> {
	const attachment = mailbox.attachment(id, Number(position));
	if (attachment) return attachment;
	throw new ServiceError(404, 'no_such_attachment', `Mail "${id}" has no attachment ${position}.`);
}

function known(mailbox: Mailbox, id: string): Mail {
	const mail = mailbox.mail(id);
	if (mail) return mail;
	throw new ServiceError(404, 'no_such_mail', `There is no mail "${id}".`);
}

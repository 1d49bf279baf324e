import type {
	ApprovalDocument,
	ApprovalNotification,
	ApprovalUser,
	MailHandshake,
	MailRoute,
} from '../model/approval';
import { finding, type Evidence, type Finding } from './finding';
import { userEvidence, type DocumentRecords, type Picture } from './picture';

const defaultGraceMs = 5 * 60_000;

export interface ToldCheck {
	/** absent: the user has been told, or the message is on its way */
	finding?: Finding;
	evidence: Evidence[];
}

/** Check 3: whether one user has a task for the document's step, and whether the message about it arrived. */
export function checkTold(
	document: ApprovalDocument,
	stepKey: string,
	user: ApprovalUser,
	{ tasks, notifications }: DocumentRecords,
	picture: Picture,
): ToldCheck {
	const { system } = picture;
	const facts = { user: user.name, document: document.number, address: user.email ?? '' };
	const task = tasks.find((one) => one.user === user.key && one.step === stepKey && one.state === 'open');
	if (task === undefined) {
		const evidence = [userEvidence(picture, user)];
		const subject = { system, entity: 'position', key: stepKey };
		return { evidence, finding: finding('taskNotMade', subject, facts, evidence) };
	}
	const taskEvidence: Evidence = {
		system,
		entity: 'approvalTask',
		key: task.key,
		at: task.createdAt,
		shows: { user: user.key, state: task.state },
	};
	const message = notifications
		.filter((one) => one.task === task.key)
		.reduce<
			ApprovalNotification | undefined
		>((latest, one) => (latest === undefined || one.madeAt > latest.madeAt ? one : latest), undefined);
	const person = { system, entity: 'user', key: user.key };
	if (message === undefined) {
		const code = user.email === undefined ? 'addressMissing' : 'messageNotMade';
		const subject = code === 'addressMissing' ? person : { system, entity: 'notification', key: stepKey };
		return {
			evidence: [taskEvidence],
			finding: finding(code, subject, facts, [taskEvidence, userEvidence(picture, user)]),
		};
	}
	const evidence = [taskEvidence, messageEvidence(system, message)];
	if (message.state === 'sent') return { evidence };
	const about = {
		...facts,
		address: message.to ?? '',
		error: message.error ?? '',
		attempts: String(message.attempts),
	};
	if (message.to === undefined)
		return {
			evidence,
			finding: finding('addressMissing', person, about, [...evidence, userEvidence(picture, user)]),
		};
	if (message.state === 'bounced' || message.state === 'rejected') {
		const known =
			user.employee === undefined ? undefined : picture.employeeByNumber.get(user.employee)?.email;
		if (known !== undefined && known.toLowerCase() !== message.to.toLowerCase())
			return {
				evidence,
				finding: finding('addressWrong', person, { ...about, hrAddress: known }, [
					...evidence,
					userEvidence(picture, user),
				]),
			};
		const code = message.state === 'bounced' ? 'messageBounced' : 'messageRejected';
		return {
			evidence,
			finding: finding(code, { system, entity: 'mailAddress', key: message.to }, about, evidence),
		};
	}
	const systemic = mailFault(picture);
	if (systemic !== undefined)
		return {
			evidence,
			finding: {
				...systemic,
				facts: { ...about, ...systemic.facts },
				evidence: [...evidence, ...systemic.evidence],
			},
		};
	const age = Date.parse(picture.now) - Date.parse(message.madeAt);
	if (message.state === 'queued' && message.attempts === 0 && age < (picture.mailGraceMs ?? defaultGraceMs))
		return { evidence };
	const subject = { system, entity: 'mailQueue', key: 'mail' };
	return {
		evidence,
		finding: finding('messageStuck', subject, about, [...evidence, ...handshakeEvidence(picture.handshake)]),
	};
}

/** What keeps all of the system's mail back, whomever it is for. */
export function mailFault({ system, mailRoute, handshake }: Picture): Finding | undefined {
	const server = (route: MailRoute | MailHandshake) => `${route.host}:${route.port}`;
	if (handshake !== undefined && handshake.state !== 'ready')
		return finding(
			'mailServerUnreachable',
			{ system: 'mail', entity: 'mailServer', key: server(handshake) },
			{ server: server(handshake), says: handshake.says },
			handshakeEvidence(handshake),
		);
	if (mailRoute?.queue !== 'stopped') return undefined;
	return finding(
		'mailQueueStopped',
		{ system, entity: 'mailQueue', key: 'mail' },
		{ server: server(mailRoute) },
		[
			{ system, entity: 'mailQueue', key: 'mail', shows: { state: 'stopped' } },
			...handshakeEvidence(handshake),
		],
	);
}

function handshakeEvidence(handshake: MailHandshake | undefined): Evidence[] {
	if (handshake === undefined) return [];
	const { host, port, state, at, says } = handshake;
	return [{ system: 'mail', entity: 'mailServer', key: `${host}:${port}`, at, shows: { state, says } }];
}

function messageEvidence(system: string, message: ApprovalNotification): Evidence {
	const { key, to, state, attempts, attemptedAt, madeAt, error } = message;
	return {
		system,
		entity: 'notification',
		key,
		at: attemptedAt ?? madeAt,
		shows: {
			state,
			attempts: String(attempts),
			...(to === undefined ? {} : { to }),
			...(error === undefined ? {} : { error }),
		},
	};
}

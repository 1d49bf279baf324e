import type { ApprovalDocument, MailHandshake, MailRoute } from '../model/approval';
import { BridgeError } from '../ports/errors';
import type { ApprovalSystem } from '../ports/approvalSystem';
import type { Entities, SystemConnector } from '../ports/systemConnector';
import { diagnose } from './diagnose';
import type { Diagnosis } from './finding';
import { grouped, pictureOf, type HrRecords, type Picture, type Records } from './picture';

/** Where the records come from. */
export interface Sources {
	approvals: ApprovalSystem;
	/** absent where there is no HR system to compare with */
	hr?: SystemConnector;
	/** calls the mail server and sends nothing; absent: it is not looked at */
	handshake?(route: MailRoute): Promise<MailHandshake>;
	/** where mail goes, for systems that do not say so */
	mailRoute?: MailRoute;
	now: string;
	mailGraceMs?: number;
	decide?: Records['decide'];
}

/** What could not be read; the checks go on without it. */
export interface Unreadable {
	source: string;
	reason: string;
}

/** Reads all that does not depend on the single document: a number of requests that does not grow with the documents. */
export async function readPicture(sources: Sources): Promise<{ picture: Picture; unreadable: Unreadable[] }> {
	const { approvals, now, mailGraceMs, decide } = sources;
	const unreadable: Unreadable[] = [];
	const [flows, organisation, authorisations, route, hr] = await Promise.all([
		approvals.flows(),
		approvals.organisation(),
		approvals.authorisations(),
		approvals.mailRoute(),
		sources.hr === undefined ? undefined : readHr(sources.hr, unreadable),
	]);
	const mailRoute = sources.mailRoute ?? route;
	const handshake = mailRoute === undefined ? undefined : await sources.handshake?.(mailRoute);
	const picture = pictureOf({
		system: approvals.system,
		flows,
		organisation,
		authorisations,
		now,
		...(hr === undefined ? {} : { hr }),
		...(mailRoute === undefined ? {} : { mailRoute }),
		...(handshake === undefined ? {} : { handshake }),
		...(mailGraceMs === undefined ? {} : { mailGraceMs }),
		...(decide === undefined ? {} : { decide }),
	});
	return { picture, unreadable };
}

/** Diagnoses these documents; tasks and messages of all are read at once. */
export async function diagnoseDocuments(
	documents: ApprovalDocument[],
	approvals: ApprovalSystem,
	picture: Picture,
): Promise<Diagnosis[]> {
	const keys = documents.map(({ key }) => key);
	const [tasks, notifications] = await Promise.all([approvals.tasks(keys), approvals.notifications(keys)]);
	const tasksOf = grouped(tasks, ({ document }) => document);
	const messagesOf = grouped(notifications, ({ document }) => document);
	return documents.map((document) =>
		diagnose(
			document,
			{ tasks: tasksOf.get(document.key) ?? [], notifications: messagesOf.get(document.key) ?? [] },
			picture,
		),
	);
}

/** Without HR the checks rely on the other system's own records, and say so. */
async function readHr(connector: SystemConnector, unreadable: Unreadable[]): Promise<HrRecords | undefined> {
	try {
		return {
			system: connector.system,
			employees: await listed(connector, 'employee'),
			positions:
				connector.capabilities().entities.position === undefined ? [] : await listed(connector, 'position'),
		};
	} catch (error) {
		if (!(error instanceof BridgeError)) throw error;
		unreadable.push({ source: connector.system, reason: error.message });
		return undefined;
	}
}

async function listed<E extends 'employee' | 'position'>(
	connector: SystemConnector,
	entity: E,
): Promise<Array<Entities[E]>> {
	const records: Array<Entities[E]> = [];
	for await (const page of connector.list(entity)) records.push(...page);
	return records;
}

import type { ApprovalDocument, ApprovalUser } from '../model/approval';
import { checkAuthorisation, extraAuthorisationMissing, type AuthorisationCheck } from './authorisationCheck';
import type { CheckResult, Diagnosis, Evidence, Finding, FindingCode, RootCause } from './finding';
import { checkFlow, type FlowCheck } from './flowCheck';
import { checkTold, mailFault } from './notificationCheck';
import { checkOrganisation, type OrganisationCheck } from './organisationCheck';
import type { DocumentRecords, Picture } from './picture';

/**
 * Why a document waits: the four checks in the order in which the document meets what they look at, then the earliest fault that explains
 * the others. A document that somebody has been asked about, who may decide, merely waits.
 */
export function diagnose(document: ApprovalDocument, records: DocumentRecords, picture: Picture): Diagnosis {
	const flow = checkFlow(document, picture);
	const organisation = flow.position === undefined ? undefined : checkOrganisation(flow.position, picture);
	const later = checkPeople(document, records, flow, organisation, picture);
	const checks: CheckResult[] = [
		{
			check: 'flow',
			status: flow.findings.length > 0 ? 'fault' : 'ok',
			findings: flow.findings,
			evidence: flow.evidence,
		},
		{
			check: 'organisation',
			status: organisation === undefined ? 'notReached' : organisationStatus(organisation, picture),
			findings: organisation?.findings ?? [],
			evidence: organisation?.evidence ?? [],
		},
		later.notification,
		later.authorisation,
	];
	const found = checks.flatMap(({ findings }) => findings);
	const [first, ...others] = found;
	if (first === undefined)
		return { document, verdict: 'waits', checks, further: [], waitsFor: later.waitsFor };
	const explained = others.filter((one) => follows(first, one));
	const rootCause: RootCause = {
		...first,
		confidence: first.certain && checks.every(({ status }) => status !== 'unknown') ? 'certain' : 'likely',
		explains: [...new Set(explained.map(({ code }) => code))],
	};
	return {
		document,
		verdict: 'blocked',
		checks,
		rootCause,
		further: others.filter((one) => !explained.includes(one)),
		waitsFor: [],
	};
}

/** Without HR's records the system's own are all there is. */
function organisationStatus(
	{ status }: OrganisationCheck,
	{ hr, organisation }: Picture,
): CheckResult['status'] {
	return status === 'ok' && hr === undefined && organisation.sync !== undefined ? 'unknown' : status;
}

interface PeopleChecks {
	notification: CheckResult;
	authorisation: CheckResult;
	waitsFor: string[];
}

/** Checks 3 and 4 for everybody who could decide: one person who was told and may is enough. */
function checkPeople(
	document: ApprovalDocument,
	records: DocumentRecords,
	flow: FlowCheck,
	organisation: OrganisationCheck | undefined,
	picture: Picture,
): PeopleChecks {
	const { step, position } = flow;
	const present = organisation?.usable ?? [];
	const people = (present.length > 0 ? present : (organisation?.wouldBe ?? [])).map((user) => ({
		user,
		told: step === undefined ? { evidence: [] } : checkTold(document, step.key, user, records, picture),
		allowed: checkAuthorisation(document, user, position, picture),
	}));
	const reached = present.length > 0 && flow.findings.length === 0;
	const done = people.filter(
		({ told, allowed }) => told.finding === undefined && allowed.findings.length === 0,
	);
	const evidence = {
		notification: unique(people.flatMap(({ told }) => told.evidence)),
		authorisation: unique(people.flatMap(({ allowed }) => allowed.evidence)),
	};
	if (reached && done.length > 0)
		return {
			notification: { check: 'notification', status: 'ok', findings: [], evidence: evidence.notification },
			authorisation: { check: 'authorisation', status: 'ok', findings: [], evidence: evidence.authorisation },
			waitsFor: done.map(({ user }) => user.key),
		};

	const allowed = people.filter((one) => one.allowed.findings.length === 0);
	const asked = allowed.length > 0 ? allowed : people;
	const untold = asked.some(({ told }) => told.finding === undefined)
		? []
		: asked.flatMap(({ told }) => (told.finding === undefined ? [] : [told.finding])).slice(0, 1);
	// Where no message was made yet, what holds all mail back will hold this one back too.
	const noMessage = people.length === 0 || untold.some(({ code }) => consequences.includes(code));
	const systemic = noMessage ? mailFault(picture) : undefined;
	const nobodyTold = systemic === undefined ? untold : [...untold, systemic];
	const notAllowed =
		people.length === 0
			? forExpected(document, organisation, position, picture)
			: allowed.length > 0
				? []
				: fewest(people.map((one) => one.allowed));
	return {
		notification: {
			check: 'notification',
			status: nobodyTold.length > 0 ? 'fault' : people.length > 0 ? 'ok' : 'notReached',
			findings: nobodyTold,
			evidence: evidence.notification,
		},
		authorisation: {
			check: 'authorisation',
			status: notAllowed.length > 0 ? 'fault' : people.length > 0 ? 'ok' : 'notReached',
			findings: notAllowed,
			evidence: evidence.authorisation,
		},
		waitsFor: [],
	};
}

/** Nobody is bound: what those who should be would meet. */
function forExpected(
	document: ApprovalDocument,
	organisation: OrganisationCheck | undefined,
	position: string | undefined,
	picture: Picture,
): Finding[] {
	const special = picture.specialByPartner.get(document.partner.code);
	const expected = (organisation?.expected ?? []).map(
		(login): ApprovalUser => picture.userByKey.get(login) ?? { key: login, name: login, state: 'active' },
	);
	if (expected.length > 0)
		return fewest(expected.map((user) => checkAuthorisation(document, user, position, picture)));
	return special !== undefined && special.holders.length === 0
		? [extraAuthorisationMissing(document, picture)]
		: [];
}

/** The findings of whoever lacks least. */
function fewest(checks: AuthorisationCheck[]): Finding[] {
	return checks.map(({ findings }) => findings).sort((a, b) => a.length - b.length)[0] ?? [];
}

/** Nobody is asked while the flow leads to nobody or the position has no user; no message is made without a task. */
const consequences: FindingCode[] = ['taskNotMade', 'messageNotMade'];

function follows(root: Finding, other: Finding): boolean {
	if (root.check === 'flow' || root.check === 'organisation') return consequences.includes(other.code);
	return root.code === 'taskNotMade' && other.code === 'messageNotMade';
}

function unique(evidence: Evidence[]): Evidence[] {
	return [...new Map(evidence.map((one) => [`${one.system}/${one.entity}/${one.key}`, one])).values()];
}

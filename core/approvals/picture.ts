import type {
	ApprovalAuthorisations,
	ApprovalDocument,
	ApprovalFlow,
	ApprovalNotification,
	ApprovalOrganisation,
	ApprovalPosition,
	ApprovalTask,
	ApprovalUser,
	ApproverLimit,
	MailHandshake,
	MailRoute,
	PositionBinding,
	SpecialPartner,
} from '../model/approval';
import type { Employee } from '../model/employee';
import type { Position } from '../model/organisation';
import type { Evidence } from './finding';

/** What HR says; absent where it could not be read or there is none. */
export interface HrRecords {
	system: string;
	employees: Employee[];
	positions: Position[];
}

/** What an access policy says of one user and one document. */
export interface PolicyDecision {
	permitted: boolean;
	/** one sentence for a person */
	why: string;
	/** policies that decided */
	policies: string[];
}

/** All that does not depend on the single document, read once. */
export interface Records {
	/** name of the system that holds the documents */
	system: string;
	flows: ApprovalFlow[];
	organisation: ApprovalOrganisation;
	authorisations: ApprovalAuthorisations;
	hr?: HrRecords;
	mailRoute?: MailRoute;
	handshake?: MailHandshake;
	/** the instant as of which is judged */
	now: string;
	/** a message that is younger is on its way; 5 minutes where absent */
	mailGraceMs?: number;
	/** absent where no policies are asked */
	decide?(document: ApprovalDocument, user: ApprovalUser): PolicyDecision | undefined;
}

/** What belongs to one document. */
export interface DocumentRecords {
	tasks: ApprovalTask[];
	notifications: ApprovalNotification[];
}

/** The records, findable by what the checks ask for. */
export interface Picture extends Records {
	flowOf: Map<string, ApprovalFlow>;
	positionByKey: Map<string, ApprovalPosition>;
	userByKey: Map<string, ApprovalUser>;
	/** bindings that hold now */
	bindingsOf: Map<string, PositionBinding[]>;
	employeeByNumber: Map<string, Employee>;
	/** HR positions that become this one */
	hrPositionsOf: Map<string, string[]>;
	/** who holds a position of HR and has not left */
	holdersOf: Map<string, Employee[]>;
	userByEmployee: Map<string, ApprovalUser>;
	specialByPartner: Map<string, SpecialPartner>;
	limitOfUser: Map<string, ApproverLimit>;
	limitOfPosition: Map<string, ApproverLimit>;
}

export function pictureOf(records: Records): Picture {
	const { flows, organisation, authorisations, hr, now } = records;
	const employees = hr?.employees ?? [];
	const holding = organisation.bindings.filter(({ until }) => until === undefined || until > now);
	return {
		...records,
		flowOf: new Map(flows.toReversed().map((flow) => [flow.kind, flow])),
		positionByKey: new Map(organisation.positions.map((position) => [position.key, position])),
		userByKey: new Map(organisation.users.map((user) => [user.key, user])),
		bindingsOf: grouped(holding, ({ position }) => position),
		employeeByNumber: new Map(employees.map((employee) => [employee.number ?? employee.key, employee])),
		hrPositionsOf: new Map(
			[...grouped(organisation.sync?.mappings ?? [], ({ position }) => position)].map(([position, rules]) => [
				position,
				rules.map(({ hr: key }) => key),
			]),
		),
		holdersOf: grouped(
			employees.filter(({ state, position }) => state !== 'left' && position !== undefined),
			({ position }) => position ?? '',
		),
		userByEmployee: new Map(
			organisation.users.flatMap((user) =>
				user.employee === undefined ? [] : [[user.employee, user] as const],
			),
		),
		specialByPartner: new Map(authorisations.specialPartners.map((one) => [one.partner, one])),
		limitOfUser: limitsBy(authorisations.limits, ({ user }) => user),
		limitOfPosition: limitsBy(authorisations.limits, ({ position, user }) =>
			user === undefined ? position : undefined,
		),
	};
}

export function userEvidence({ system }: Picture, user: ApprovalUser): Evidence {
	const { key, name, email, state, synced } = user;
	return {
		system,
		entity: 'user',
		key,
		...(synced === undefined ? {} : { at: synced.at }),
		shows: { name, state, ...(email === undefined ? {} : { email }) },
	};
}

export function employeeEvidence({ hr }: Picture, employee: Employee): Evidence {
	const { key, name, state, position, login, leave, leftOn } = employee;
	return {
		system: hr?.system ?? 'hr',
		entity: 'employee',
		key,
		shows: {
			name,
			state,
			...(position === undefined ? {} : { position }),
			...(login === undefined ? {} : { login }),
			...(leave === undefined ? {} : { leave: `${leave.from} - ${leave.until ?? '?'}` }),
			...(leftOn === undefined ? {} : { leftOn }),
		},
	};
}

export function grouped<T>(records: T[], keyOf: (record: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const record of records) {
		const group = groups.get(keyOf(record));
		if (group === undefined) groups.set(keyOf(record), [record]);
		else group.push(record);
	}
	return groups;
}

function limitsBy(
	limits: ApproverLimit[],
	keyOf: (limit: ApproverLimit) => string | undefined,
): Map<string, ApproverLimit> {
	return new Map(
		limits.flatMap((limit) => {
			const key = keyOf(limit);
			return key === undefined ? [] : [[key, limit] as const];
		}),
	);
}

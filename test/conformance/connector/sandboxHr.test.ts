import { SandboxHr } from '../../../connectors/sandbox/sandboxHr';
import { Employee } from '../../../core/model/employee';
import { Department, Position } from '../../../core/model/organisation';
import type {
	ActRequest,
	CreateRequest,
	Drafts,
	Outcome,
	UpdateRequest,
} from '../../../core/ports/systemConnector';
import { apiKey, quietCompany } from '../../connectors/sandboxFixture';
import { kept, manyRecords, requestOf, skewed, stopped, unchanged, wrongKey } from './sandboxSubject';
import type { Subject, Work, WorkRequest } from './subject';
import { connectorConformance } from './suite';

const noDecimals = { ...kept, decimals: 'it has none' };
const works = [
	'create employee',
	'update employee',
	'upsert employee',
	'move employee',
	'startLeave employee',
	'endLeave employee',
	'terminate employee',
	'rehire employee',
];

connectorConformance(
	'sandbox HR',
	{
		entities: {
			employee: { cannot: noDecimals },
			position: { cannot: noDecimals },
			department: { cannot: noDecimals },
		},
		works: Object.fromEntries(works.map((name) => [name, {}])),
	},
	hrSubject,
);

async function hrSubject(): Promise<Subject> {
	const { company, close } = await quietCompany();
	const { hr } = company;
	let last = 0;
	const code = () => `KIT-${String((last += 1)).padStart(6, '0')}-X`;
	const touched = new Map<string, number>();
	const newEmployee = (more: object = {}) =>
		hr.employees.create({ number: code(), name: '张三', department: 'PUR', position: 'PUR-BUY', ...more })
			.record.id;
	const versionOf = (key: string) => hr.employees.get(key)?.version ?? 0;
	/** How many versions came since, but for those that the kit itself makes. */
	const changesSince = (key: string, version: number) => versionOf(key) - version - (touched.get(key) ?? 0);

	const draftOf = (number: string, name = '李四') => ({ number, name, rank: 4, hiredOn: '2026-03-01' });
	const making = (does: 'create' | 'upsert'): Work => {
		const requestFor = (number: string, draft: object, expectedVersion?: string): WorkRequest => {
			const sent = { idempotencyKey: `key-${number}`, draft };
			return {
				sent: expectedVersion === undefined ? sent : { ...sent, expectedVersion },
				applied: async () => (hr.employees.get(number) === undefined ? 0 : 1),
				...(does === 'upsert'
					? { next: (version) => requestFor(number, draftOf(number, code()), version) }
					: {}),
			};
		};
		return {
			does,
			entity: 'employee',
			request: async () => {
				const number = code();
				return requestFor(number, draftOf(number));
			},
			refused: async () => {
				const number = code();
				return requestFor(number, { ...draftOf(number), department: 'NO-SUCH-DEPARTMENT' });
			},
			run: async (connector, requests) =>
				(await connector[does]?.(
					'employee',
					requests.map(({ sent }) => sent as CreateRequest<Drafts['employee']>),
				)) as Array<Outcome<unknown>>,
		};
	};
	const updating = (key: string, changes: object, expectedVersion?: string): WorkRequest => {
		const sent = { key, idempotencyKey: `key-${code()}`, changes };
		return {
			key,
			sent: expectedVersion === undefined ? sent : { ...sent, expectedVersion },
			applied: async () => versionOf(key) - 1,
			next: (version) => updating(key, { name: code() }, version),
		};
	};
	const update: Work = {
		does: 'update',
		entity: 'employee',
		request: async () => updating(newEmployee(), { name: code() }),
		refused: async () => updating(newEmployee(), { manager: 'NOBODY' }),
		run: async (connector, requests) =>
			(await connector.update?.(
				'employee',
				requests.map(({ sent }) => sent as UpdateRequest<Drafts['employee']>),
			)) as Array<Outcome<unknown>>,
	};
	type Act = 'move' | 'startLeave' | 'endLeave' | 'terminate' | 'rehire';
	const acting = (
		does: Act,
		input: object,
		refusal: { input?: object; on(): string },
		prepare: (number: string) => void = () => undefined,
	): Work => {
		const requestFor = (key: string, given: object): WorkRequest => {
			const before = versionOf(key);
			return requestOf({ key, idempotencyKey: `key-${code()}`, input: given } as never, async () =>
				changesSince(key, before),
			);
		};
		return {
			does,
			entity: 'employee',
			request: async () => {
				const key = newEmployee();
				prepare(key);
				return requestFor(key, input);
			},
			refused: async () => requestFor(refusal.on(), refusal.input ?? input),
			run: (connector, requests) =>
				connector.act(
					'employee',
					does,
					requests.map(({ sent }) => sent as ActRequest<never>),
				),
		};
	};
	const gone = () => {
		const key = newEmployee();
		hr.terminate(key, {});
		return key;
	};
	const away = () => {
		const key = newEmployee();
		hr.startLeave(key, {});
		return key;
	};

	const many = (make: () => string) => (count: number) =>
		stopped(async () => Array.from({ length: count }, make));
	const url = company.addresses.hr;
	return {
		upstream: url,
		connect: ({ wrongCredential, ...options }) =>
			new SandboxHr({ ...options, apiKey: wrongCredential ? wrongKey : apiKey }),
		secrets: [apiKey, wrongKey],
		timeoutMs: 500,
		skewed,
		// The company's clock never runs back, so a jump looks as if it always was so.
		jumped: skewed,
		ignoring: ({ method, path }) => unchanged(url, method, path),
		entities: [
			{
				entity: 'employee',
				schema: Employee,
				keyOf: ({ key }) => key,
				make: many(() => newEmployee()),
				change: async (keys) => {
					for (const key of new Set(keys)) {
						touched.set(key, (touched.get(key) ?? 0) + 1);
						hr.employees.change(key, { name: code() });
					}
				},
				manyRecords,
			},
			{
				entity: 'position',
				schema: Position,
				keyOf: ({ key }) => key,
				make: many(() => hr.positions.create({ code: code(), name: '主管' }).record.id),
				change: async (keys) => {
					for (const key of keys) hr.positions.change(key, { name: code() });
				},
				manyRecords,
			},
			{
				entity: 'department',
				schema: Department,
				keyOf: ({ key }) => key,
				make: many(() => hr.departments.create({ code: code(), name: '部门' }).record.id),
				change: async (keys) => {
					for (const key of keys) hr.departments.change(key, { name: code() });
				},
				manyRecords,
			},
		],
		works: [
			making('create'),
			making('upsert'),
			update,
			acting('move', { department: 'FIN', position: 'FIN-ACC', rank: 5 }, { on: gone }),
			acting(
				'startLeave',
				{ from: '2026-03-01', until: '2026-08-31' },
				{ on: newEmployee, input: { from: '2026-03-01', until: '2026-02-01' } },
			),
			acting('endLeave', {}, { on: gone }, (key) => hr.startLeave(key, {})),
			acting(
				'terminate',
				{ on: '2026-06-30' },
				{ on: () => newEmployee({ hiredOn: '2026-01-01' }), input: { on: '2025-12-31' } },
			),
			acting('rehire', { on: '2026-09-01' }, { on: away }, (key) => hr.terminate(key, { on: '2026-05-31' })),
		],
		close,
	};
}

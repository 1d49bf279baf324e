import { ScimHr } from '../../../connectors/scim/scimHr';
import { Employee } from '../../../core/model/employee';
import type {
	ActRequest,
	CreateRequest,
	Drafts,
	Outcome,
	UpdateRequest,
} from '../../../core/ports/systemConnector';
import { enterprise, scimToken, startScimServer } from '../../connectors/scimServer';
import { skewed, wrongKey } from './sandboxSubject';
import type { Subject, Work, WorkRequest } from './subject';
import { connectorConformance } from './suite';

connectorConformance(
	'SCIM as HR',
	{
		entities: { employee: { changes: false, cannot: { decimals: 'it has none' } } },
		works: Object.fromEntries(
			['create', 'update', 'upsert', 'move', 'terminate', 'rehire'].map((does) => [`${does} employee`, {}]),
		),
	},
	scimSubject,
);

async function scimSubject(): Promise<Subject> {
	const server = await startScimServer();
	let last = 0;
	const unique = () => `kit-${String((last += 1)).padStart(6, '0')}`;
	const newUser = (more: object = {}) => {
		const userName = unique();
		return {
			userName,
			displayName: '张三',
			active: true,
			[enterprise]: { employeeNumber: userName, department: 'Purchasing' },
			...more,
		};
	};
	const made = async (count: number, more: object = {}) =>
		await server.put(Array.from({ length: count }, () => newUser(more)));
	const person = async (id: string) => (await server.people()).find((user) => user.id === id);
	const one = async (more: object = {}) => (await made(1, more))[0] ?? '';

	const draftOf = (number: string) => ({
		number,
		name: '李四',
		login: number,
		email: `${number}@example.com`,
		department: 'Finance',
		position: 'Accountant',
	});
	const making = (does: 'create' | 'upsert'): Work => {
		const requestFor = (number: string, draft: object): WorkRequest => ({
			sent: { idempotencyKey: `key-${number}`, draft },
			applied: async () =>
				(await server.people()).filter(({ externalId }) => externalId === `key-${number}`).length,
		});
		return {
			does,
			entity: 'employee',
			request: async () => {
				const number = unique();
				return requestFor(number, draftOf(number));
			},
			// SCIM has no place for a rank.
			refused: async () => {
				const number = unique();
				return requestFor(number, { ...draftOf(number), rank: 4 });
			},
			run: async (connector, requests) =>
				(await connector[does]?.(
					'employee',
					requests.map(({ sent }) => sent as CreateRequest<Drafts['employee']>),
				)) as Array<Outcome<unknown>>,
		};
	};
	const update: Work = {
		does: 'update',
		entity: 'employee',
		request: async () => {
			const key = await one();
			const name = unique();
			return {
				key,
				sent: { key, changes: { name, email: `${name}@example.com` } },
				applied: async () => ((await person(key))?.displayName === name ? 1 : 0),
			};
		},
		refused: async () => {
			const [taken, key] = [await one(), await one()];
			const login = String((await person(taken))?.userName);
			return {
				key,
				sent: { key, changes: { login } },
				applied: async () => ((await person(key))?.userName === login ? 1 : 0),
			};
		},
		run: async (connector, requests) =>
			(await connector.update?.(
				'employee',
				requests.map(({ sent }) => sent as UpdateRequest<Drafts['employee']>),
			)) as Array<Outcome<unknown>>,
	};
	const acting = (
		does: 'move' | 'terminate' | 'rehire',
		input: object,
		isDone: (user: Record<string, unknown>) => boolean,
		before: object = {},
	): Work => {
		const requestFor = (key: string, given: object): WorkRequest => ({
			key,
			sent: { key, idempotencyKey: `${does}/${key}`, input: given },
			applied: async () => {
				const user = await person(key);
				return user !== undefined && isDone(user) ? 1 : 0;
			},
		});
		return {
			does,
			entity: 'employee',
			request: async () => requestFor(await one(before), input),
			refused: async () => requestFor(await one(before), { ...input, on: '2030-01-01' }),
			run: (connector, requests) =>
				connector.act(
					'employee',
					does,
					requests.map(({ sent }) => sent as ActRequest<never>),
				),
		};
	};
	const departmentOf = (user: Record<string, unknown>) =>
		(user[enterprise] as { department?: string } | undefined)?.department;

	return {
		upstream: server.url,
		connect: ({ url, wrongCredential, ...options }) =>
			new ScimHr({
				...options,
				system: 'scim',
				url: `${url}/scim/v2`,
				token: wrongCredential ? wrongKey : scimToken,
			}),
		secrets: [scimToken, wrongKey],
		timeoutMs: 1_000,
		skewed,
		jumped: skewed,
		/** The user as it is, which a server answers with that left an operation out. */
		ignoring: async ({ method, path }) => {
			const [, id] = /\/Users\/([^/?]+)$/.exec(path) ?? [];
			return method === 'PATCH' && id !== undefined ? JSON.stringify(await person(id)) : undefined;
		},
		entities: [
			{
				entity: 'employee',
				schema: Employee,
				keyOf: ({ key }) => key,
				make: async (count) => await made(count),
				remove: (ids) => server.remove(ids),
			},
		],
		works: [
			making('create'),
			making('upsert'),
			update,
			acting(
				'move',
				{ department: 'Sales', position: 'Sales representative' },
				(user) => departmentOf(user) === 'Sales' && user.title === 'Sales representative',
			),
			acting('terminate', {}, ({ active }) => active === false),
			acting('rehire', {}, ({ active }) => active === true, { active: false }),
		],
		close: () => server.close(),
	};
}

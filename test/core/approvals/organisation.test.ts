import { organisationHealth } from '../../../core/approvals/organisationHealth';
import { proposeLinks } from '../../../core/approvals/linkProposals';
import { pictureOf, type Records } from '../../../core/approvals/picture';
import type { ApprovalUser, PositionBinding } from '../../../core/model/approval';
import type { Employee } from '../../../core/model/employee';

const at = '2026-03-02T08:00:00.000Z';
const employee = (key: string, position: string, more: Partial<Employee> = {}): Employee => ({
	key,
	number: key,
	name: `Name ${key}`,
	login: key.toLowerCase(),
	position,
	state: 'active',
	...more,
});
const user = (key: string, more: Partial<ApprovalUser> = {}): ApprovalUser => ({
	key,
	name: `Name ${key.toUpperCase()}`,
	employee: key.toUpperCase(),
	state: 'active',
	...more,
});
const post = (key: string, name: string, holders: string[]) => ({
	key,
	name,
	holders,
	approver: true,
	state: 'active' as const,
});
const binding = (position: string, login: string, more: Partial<PositionBinding> = {}): PositionBinding => ({
	position,
	user: login,
	origin: 'sync',
	since: at,
	...more,
});

interface Company {
	employees: Employee[];
	posts: ReturnType<typeof post>[];
	users?: ApprovalUser[];
	bindings?: PositionBinding[];
	mappings?: Array<{ hr: string; position: string }>;
	positions?: Array<[key: string, name: string]>;
}
const pictured = ({
	employees,
	posts,
	users = [],
	bindings = [],
	mappings = [],
	positions = [
		['FINANCE_SUPERVISOR', 'Finance supervisor 财务主管'],
		['FINANCE_DIRECTOR', 'Finance director 财务总监'],
		['SALES_SUP_EAST', 'Sales supervisor east 华东销售主管'],
		['SALES_SUP_SOUTH', 'Sales supervisor south 华南销售主管'],
	],
}: Company) => {
	const records: Records = {
		system: 'erp',
		flows: [],
		organisation: {
			positions: positions.map(([key, name]) => ({ key, name, state: 'active' })),
			users,
			bindings,
			sync: { state: 'on', mappings, runs: [] },
		},
		authorisations: { specialPartners: [], limits: [], submitterExcluded: true },
		hr: { system: 'hr', employees, positions: posts },
		now: at,
	};
	return pictureOf(records);
};

describe('a held position is accounted for only by a binding of today', () => {
	const mappings = [{ hr: 'FIN-SUP', position: 'FINANCE_SUPERVISOR' }];
	const posts = [post('FIN-SUP', 'Finance supervisor', ['E1'])];
	const health = (bindings: PositionBinding[], moved: Partial<Employee> = {}) =>
		organisationHealth(
			pictured({
				employees: [employee('E1', 'FIN-SUP'), employee('E2', 'FIN-ACC', moved)],
				posts,
				users: [user('e1'), user('e2')],
				bindings,
				mappings,
			}),
			1,
		);
	const positionsIn = ({ problems }: ReturnType<typeof health>) =>
		problems.filter(({ key }) => key === 'FIN-SUP');

	test('its holder by HR is bound', () => {
		const found = health([binding('FINANCE_SUPERVISOR', 'e1')]);
		expect(found.positions).toEqual({ total: 1, inPlace: 1, byHand: [] });
		expect(positionsIn(found)).toEqual([]);
	});

	test('only its former holder is bound', () => {
		const found = health([binding('FINANCE_SUPERVISOR', 'e2')]);
		expect(found.positions.inPlace).toBe(0);
		expect(positionsIn(found)).toEqual([
			{ kind: 'bindingOutdated', key: 'FIN-SUP', name: 'Finance supervisor', approver: true, users: ['e2'] },
		]);
	});

	test('somebody bound by hand counts, and is named', () => {
		const until = '2026-03-03T08:00:00.000Z';
		const found = health([binding('FINANCE_SUPERVISOR', 'e2', { origin: 'manual', until })]);
		expect(found.positions).toEqual({
			total: 1,
			inPlace: 1,
			byHand: [
				{
					position: 'FINANCE_SUPERVISOR',
					name: 'Finance supervisor 财务主管',
					users: [{ login: 'e2', until }],
				},
			],
		});
	});

	test('a binding by hand that is over, or of somebody who left, does not count', () => {
		const over = binding('FINANCE_SUPERVISOR', 'e2', { origin: 'manual', until: '2026-03-02T07:59:59.000Z' });
		expect(positionsIn(health([over]))).toMatchObject([{ kind: 'noUser' }]);
		const left = health([binding('FINANCE_SUPERVISOR', 'e2', { origin: 'manual' })], { state: 'left' });
		expect(positionsIn(left)).toMatchObject([{ kind: 'bindingOutdated', users: ['e2'] }]);
	});
});

describe('links are proposed', () => {
	test('for posts, by abbreviated key and by name, one clear each', () => {
		const posts = [
			post('FIN-SUP', 'Finance supervisor', []),
			post('SAL-SUP-S', '华南销售主管', []),
			post('SAL-SUP-E', '华东销售主管', []),
		];
		const proposals = proposeLinks(pictured({ employees: [], posts }));
		expect(proposals.map(({ hr, state, candidates: [first] }) => [hr.key, state, first?.key])).toEqual([
			['FIN-SUP', 'clear', 'FINANCE_SUPERVISOR'],
			['SAL-SUP-S', 'clear', 'SALES_SUP_SOUTH'],
			['SAL-SUP-E', 'clear', 'SALES_SUP_EAST'],
		]);
		expect(proposals[0]?.candidates[0]).toMatchObject({ by: ['key', 'name'] });
	});

	test('for a post whose key says nothing, by the people who hold it on both sides', () => {
		const [found] = proposeLinks(
			pictured({
				employees: [employee('E1', '4711')],
				posts: [post('4711', 'Controlling', ['E1'])],
				users: [user('e1')],
				bindings: [binding('FINANCE_SUPERVISOR', 'e1')],
			}),
		);
		expect(found).toMatchObject({
			state: 'clear',
			candidates: [{ key: 'FINANCE_SUPERVISOR', by: ['people'] }],
		});
	});

	test('never clearly when two fit, or when two posts want the same one', () => {
		const twins: Array<[string, string]> = [
			['A1', 'Buyer'],
			['A2', 'Buyer'],
		];
		const both = proposeLinks(pictured({ employees: [], posts: [post('X', 'Buyer', [])], positions: twins }));
		expect(both).toMatchObject([{ state: 'ambiguous', candidates: [{ key: 'A1' }, { key: 'A2' }] }]);
		const wanted = proposeLinks(
			pictured({
				employees: [],
				posts: [post('X', 'Buyer', []), post('Y', 'Buyer', [])],
				positions: [['A1', 'Buyer']],
			}),
		);
		expect(wanted.map(({ state }) => state)).toEqual(['ambiguous', 'ambiguous']);
	});

	test('for people, by mail and login among the users that belong to nobody', () => {
		const email = 'New.One@example.com';
		const employees = [employee('E1', 'P', { login: 'new.one', email }), employee('E2', 'P')];
		const users = [
			user('newone', { employee: undefined, email: email.toLowerCase() }),
			user('new.one', { employee: 'E2' }),
		];
		expect(proposeLinks(pictured({ employees, posts: [], users }))).toMatchObject([
			{ kind: 'person', hr: { key: 'E1' }, state: 'clear', candidates: [{ key: 'newone', by: ['mail'] }] },
		]);
	});

	test('for nothing that leads somewhere, and for a post like no other without a candidate', () => {
		const mappings = [{ hr: 'FIN-SUP', position: 'FINANCE_SUPERVISOR' }];
		const posts = [post('FIN-SUP', 'Finance supervisor', []), post('ZZ', 'Beekeeper', [])];
		expect(proposeLinks(pictured({ employees: [], posts, mappings }))).toEqual([
			{ kind: 'position', hr: { key: 'ZZ', name: 'Beekeeper' }, state: 'unmatched', candidates: [] },
		]);
	});
});

import fc from 'fast-check';

import type {
	AccessRequest,
	CedarValue,
	Entity,
	EntityUid,
	PolicySet,
} from '../../../../core/access/decisions/engine';

/**
 * Policies and requests for comparing engines: every operator and extension type of Cedar, on values of the right type for
 * the most part, and of a wrong one now and then; requests that Cedar refuses among them.
 */

const TYPES = ['User', 'Group', 'Doc', 'Shop::Item'];
const IDS = ['a', 'b', 'c', '', '__proto__', 'a"b\\', '价格😀'];
const GROUPS_OF_ACTIONS = ['read', 'write', 'everything'];
const ACTIONS = ['view', 'edit', 'delete', 'constructor'];

/** By name, what an attribute is for the most part. */
const ATTRIBUTES = [
	['flag', 'bool'],
	['n', 'long'],
	['m', 'long'],
	['s', 'string'],
	['e', 'entity'],
	['set', 'set'],
	['r', 'record'],
	['address', 'ip'],
	['price', 'decimal'],
	['at', 'datetime'],
	['span', 'duration'],
	['__proto__', 'long'],
	['constructor', 'string'],
	['two words', 'bool'],
] as const;
const NAMES = [...ATTRIBUTES.map(([name]) => name), 'toString', 'unknown'];
type Kind = (typeof ATTRIBUTES)[number][1];
const KINDS: Kind[] = [
	'bool',
	'long',
	'string',
	'entity',
	'set',
	'record',
	'ip',
	'decimal',
	'datetime',
	'duration',
];

const TEXTS = ['', 'a', 'ab', 'abc', 'a*c', 'Finance', '财务部', '😀', 'a\\', '"', '\n\t\0', 'constructor'];
const ADDRESSES = [
	...[
		'10.0.0.1',
		'10.0.0.1/24',
		'10.0.0.0/8',
		'0.0.0.0/0',
		'127.0.0.1',
		'127.0.0.0/7',
		'224.0.0.5',
		'239.255.255.255/4',
		'224.0.0.0/3',
	],
	...[
		'::1',
		'::1/127',
		'::',
		'::/0',
		'ff02::1',
		'ff00::/8',
		'ff00::/7',
		'2001:db8::/32',
		'2001:DB8:0:0:0:0:0:1',
		'::ffff:7f00:1',
		'1:2:3:4:5:6:7::',
	],
];
const NO_ADDRESSES = [
	'::ffff:10.0.0.1',
	'010.0.0.1',
	'10.0.0',
	'10.0.0.1/33',
	'10.0.0.1/08',
	'::1/129',
	'1::2::3',
	'1:2:3:4:5:6:7:8::',
	':1',
	'fe80::1%a',
	'10.0.0.1 ',
	'',
	'12345::',
	'10.0.0.1/',
];
const DECIMALS = [
	'0.0',
	'-0.0',
	'-0.5',
	'0.5',
	'1.0',
	'1.0000',
	'12.3456',
	'-12.3456',
	'922337203685477.5807',
	'-922337203685477.5808',
	'00001.50',
];
const NO_DECIMALS = [
	'1',
	'1.',
	'.5',
	'1.00000',
	'922337203685477.5808',
	'+1.0',
	'1e3',
	' 1.0',
	'1.0 ',
	'-',
	'9999999999999999999999.0',
];
const DATETIMES = [
	'1970-01-01',
	'2026-02-28',
	'2024-02-29',
	'1969-12-31T23:59:59.999Z',
	'2026-11-25T09:30:00Z',
	'2026-11-25T09:30:00.001+0800',
	'2026-11-25T09:30:00.987Z',
	'0000-02-29T23:59:59.999Z',
	'2026-11-25T09:30:00-2359',
	'0000-01-01',
	'9999-12-31T23:59:59.999-2359',
];
const NO_DATETIMES = [
	'2026-02-29',
	'2026-13-01',
	'2026-11-25T24:00:00Z',
	'2026-11-25T09:30:60Z',
	'2026-11-25T09:30:00',
	'2026-11-25 09:30:00Z',
	'2026-11-25T09:30:00.1Z',
	'2026-11-25T09:30:00.12aZ',
	'2026-11-25T09:30:00.1-3Z',
	'2026-11-25T09:30:00:123Z',
	'2026-11-25T09:30:00+2400',
	'2026-11-25T09:30:00+0860',
	'26-11-25',
	'2026-00-10',
	'2026-01-00',
	'2026-11-25\n',
];
const DURATIONS = [
	'0ms',
	'1ms',
	'-1ms',
	'1d',
	'-1d12h',
	'1d2h3m4s5ms',
	'90s',
	'1500ms',
	'9223372036854775807ms',
	'-9223372036854775808ms',
	'106751991167d7h12m55s807ms',
	'-106751991167d7h12m55s808ms',
];
const NO_DURATIONS = [
	'',
	'-',
	'1',
	'1h1d',
	'1D',
	'+1d',
	'1.5h',
	'9223372036854775808ms',
	'106751991167d7h12m55s808ms',
	'99999999999999999999d',
	' 1d',
	'106751991168d',
];
const LONGS = [
	'0',
	'1',
	'2',
	'3',
	'10',
	'100',
	'-1',
	'-2',
	'9007199254740991',
	'9007199254740993',
	'9223372036854775807',
	'-9223372036854775808',
	'4611686018427387904',
	'3037000500',
];

const rarely = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, times = 12): fc.Arbitrary<T> =>
	fc.oneof({ arbitrary: usual, weight: times }, { arbitrary: rare, weight: 1 });
const from = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const uid: fc.Arbitrary<EntityUid> = fc.record({ type: from(TYPES), id: from(IDS) });
const action = from(ACTIONS).map((id) => ({ type: 'Action', id }));
const actionGroup = from([...GROUPS_OF_ACTIONS, ...ACTIONS]).map((id) => ({ type: 'Action', id }));

/** A text in Cedar's quotes. */
function quoted(text: string): string {
	const escaped = [...text].map((sign) => {
		if (sign === '"' || sign === '\\') return `\\${sign}`;
		return sign < ' ' ? `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}` : sign;
	});
	return `"${escaped.join('')}"`;
}

function named({ type, id }: EntityUid): string {
	return `${type}::${quoted(id)}`;
}

/** An expression of Cedar, by the type that it is meant to have. */
const expressions = fc.letrec<Record<Kind | 'any', string>>((tie) => {
	const bool = tie('bool');
	const long = tie('long');
	const text = tie('string');
	const entity = tie('entity');
	const set = tie('set');
	const any = tie('any');
	const [ip, decimal, datetime, duration] = [tie('ip'), tie('decimal'), tie('datetime'), tie('duration')];
	const holder = fc.oneof(
		{
			arbitrary: from(['principal', 'resource', 'context', 'context.r', 'principal.e', 'action']),
			weight: 6,
		},
		{ arbitrary: tie('record'), weight: 1 },
		{ arbitrary: entity, weight: 1 },
	);
	const name = from(NAMES);
	const member = (of: string, attribute: string) => {
		// Cedar reads no `-9223372036854775808.e`.
		const left = /^[a-z.]+$/.test(of) ? of : `(${of})`;
		return /^[a-z]+$/i.test(attribute) ? `${left}.${attribute}` : `${left}[${quoted(attribute)}]`;
	};
	const attribute = (kind: Kind) => {
		const names = ATTRIBUTES.flatMap(([key, of]) => (of === kind ? [key] : []));
		return fc.tuple(holder, rarely(from(names), name)).map(([of, key]) => member(of, key));
	};
	const two = (left: fc.Arbitrary<string>, operators: string[], right: fc.Arbitrary<string>) =>
		fc.tuple(left, from(operators), right).map(([one, operator, other]) => `(${one} ${operator} ${other})`);
	const method = (of: fc.Arbitrary<string>, names: string[], argument?: fc.Arbitrary<string>) =>
		fc
			.tuple(of, from(names), argument ?? fc.constant(''))
			.map(([one, called, other]) => `(${one}).${called}(${other})`);
	const call = (called: string, good: string[], bad: string[]) =>
		rarely(
			rarely(from(good), from(bad), 15).map((written) => `${called}(${quoted(written)})`),
			text.map((argument) => `${called}(${argument})`),
			15,
		);
	const either = (kind: fc.Arbitrary<string>) =>
		fc
			.tuple(bool, kind, kind)
			.map(([test, then, otherwise]) => `(if ${test} then ${then} else ${otherwise})`);
	const orders = ['<', '<=', '>', '>='];
	/** The first one is taken where the nesting ends. Now and then the type is another. */
	const of = (...[leaf, ...others]: [fc.Arbitrary<string>, ...Array<fc.Arbitrary<string>>]) =>
		rarely(fc.oneof({ maxDepth: 4, depthIdentifier: 'expression' }, leaf, ...others), any, 25);

	return {
		any: fc.oneof({ depthIdentifier: 'expression', maxDepth: 4 }, ...KINDS.map((kind) => tie(kind))),
		bool: of(
			from(['true', 'false']),
			attribute('bool'),
			// Cedar reads no `!-1`.
			bool.map((operand) => `!(${operand})`),
			two(bool, ['&&', '||'], bool),
			two(bool, ['&&', '||'], bool),
			two(any, ['==', '!='], any),
			fc.oneof(
				...[long, text, entity, set, ip, decimal, datetime, duration].map((kind) =>
					two(kind, ['==', '!='], kind),
				),
			),
			fc.oneof(two(long, orders, long), two(datetime, orders, datetime), two(duration, orders, duration)),
			two(entity, ['in'], fc.oneof(entity, set)),
			fc
				.tuple(entity, fc.array(entity, { maxLength: 4 }))
				.map(([one, groups]) => `(${one} in [${groups.join(', ')}])`),
			fc.tuple(holder, name).map(([one, key]) => `(${one} has ${quoted(key)})`),
			fc
				.tuple(holder, fc.array(from(['r', 'e', 'n', 's', 'set']), { minLength: 1, maxLength: 4 }))
				.map(([one, path]) => `(${one} has ${path.join('.')})`),
			fc
				.tuple(text, fc.array(from(['*', '\\*', 'a', 'b', 'c', '财', '😀', 'Fin'])), fc.nat(1))
				.map(([one, parts]) => `(${one} like "${parts.join('')}")`),
			fc.tuple(entity, from(TYPES)).map(([one, type]) => `(${one} is ${type})`),
			fc
				.tuple(entity, from(TYPES), fc.oneof(entity, set))
				.map(([one, type, group]) => `(${one} is ${type} in ${group})`),
			method(set, ['contains'], any),
			method(set, ['containsAll', 'containsAny'], set),
			method(set, ['isEmpty']),
			method(entity, ['hasTag'], text),
			method(ip, ['isIpv4', 'isIpv6', 'isLoopback', 'isMulticast']),
			method(ip, ['isInRange'], ip),
			method(decimal, ['lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual'], decimal),
			either(bool),
		),
		long: of(
			from(LONGS),
			attribute('long'),
			two(long, ['+', '-', '*'], long),
			long.map((operand) => `-(${operand})`),
			method(duration, ['toMilliseconds', 'toSeconds', 'toMinutes', 'toHours', 'toDays']),
			either(long),
		),
		string: of(from(TEXTS).map(quoted), attribute('string'), method(entity, ['getTag'], text), either(text)),
		entity: of(
			fc.oneof(from(['principal', 'resource', 'action']), uid.map(named), action.map(named)),
			attribute('entity'),
			either(entity),
		),
		set: of(
			fc
				.array(from([...LONGS, ...TEXTS.map(quoted)]), { maxLength: 12 })
				.map((elements) => `[${elements.join(', ')}]`),
			attribute('set'),
			fc.array(any, { maxLength: 4 }).map((elements) => `[${elements.join(', ')}]`),
			fc.array(uid.map(named), { maxLength: 12 }).map((elements) => `[${elements.join(', ')}]`),
			either(set),
		),
		record: of(
			from(['context', '{}']),
			attribute('record'),
			fc
				.uniqueArray(fc.tuple(name, any), { maxLength: 3, selector: ([key]) => key })
				.map((fields) => `{${fields.map(([key, value]) => `${quoted(key)}: ${value}`).join(', ')}}`),
		),
		ip: of(call('ip', ADDRESSES, NO_ADDRESSES), attribute('ip')),
		decimal: of(call('decimal', DECIMALS, NO_DECIMALS), attribute('decimal')),
		datetime: of(
			call('datetime', DATETIMES, NO_DATETIMES),
			attribute('datetime'),
			method(datetime, ['offset'], duration),
			method(datetime, ['toDate']),
		),
		duration: of(
			call('duration', DURATIONS, NO_DURATIONS),
			attribute('duration'),
			method(datetime, ['durationSince'], datetime),
			method(datetime, ['toTime']),
		),
	};
});

const principalScope = (variable: 'principal' | 'resource', group: fc.Arbitrary<string>) =>
	fc.oneof(
		{ arbitrary: fc.constant(variable as string), weight: 5 },
		{ arbitrary: group.map((one) => `${variable} == ${one}`), weight: 1 },
		{ arbitrary: group.map((one) => `${variable} in ${one}`), weight: 1 },
		{ arbitrary: from(TYPES).map((type) => `${variable} is ${type}`), weight: 1 },
		{
			arbitrary: fc.tuple(from(TYPES), group).map(([type, one]) => `${variable} is ${type} in ${one}`),
			weight: 1,
		},
	);
const actionScope = fc.oneof(
	{ arbitrary: fc.constant('action'), weight: 2 },
	{ arbitrary: action.map((one) => `action == ${named(one)}`), weight: 2 },
	{ arbitrary: actionGroup.map((one) => `action in ${named(one)}`), weight: 1 },
	{
		arbitrary: fc
			.array(actionGroup, { maxLength: 3 })
			.map((groups) => `action in [${groups.map(named).join(', ')}]`),
		weight: 2,
	},
);
const conditions = fc
	.array(fc.tuple(rarely(fc.constant('when'), fc.constant('unless'), 3), expressions.bool), {
		minLength: 0,
		maxLength: 2,
	})
	.map((clauses) => clauses.map(([kind, body]) => `${kind} { ${body} }`).join(' '));

const policy = (principal: fc.Arbitrary<string>, resource: fc.Arbitrary<string>) =>
	fc
		.tuple(
			rarely(fc.constant('permit'), fc.constant('forbid'), 8),
			principal,
			actionScope,
			resource,
			conditions,
		)
		.map(([effect, whom, what, on, when]) => `${effect}(${whom}, ${what}, ${on}) ${when};`);

const staticPolicy = policy(
	principalScope('principal', uid.map(named)),
	principalScope('resource', uid.map(named)),
);
const template = policy(
	principalScope('principal', fc.constant('?principal')).filter((scope) => scope.includes('?')),
	principalScope('resource', fc.oneof(fc.constant('?resource'), uid.map(named))),
);

export const policySets: fc.Arbitrary<PolicySet> = fc
	.tuple(
		fc.array(staticPolicy, { minLength: 1, maxLength: 12, size: 'max' }),
		fc.array(template, { maxLength: 2 }),
		fc.array(fc.tuple(fc.nat(), uid, uid), { maxLength: 4 }),
	)
	.map(([policies, templates, links]) => ({
		staticPolicies: Object.fromEntries(policies.map((text, place) => [`p${place}`, text])),
		templates: Object.fromEntries(templates.map((text, place) => [`t${place}`, text])),
		templateLinks:
			templates.length === 0
				? []
				: links.map(([of, principal, resource], place) => linkOf(templates, of, place, principal, resource)),
	}));

function linkOf(templates: string[], of: number, place: number, principal: EntityUid, resource: EntityUid) {
	const chosen = of % templates.length;
	const values: Record<string, EntityUid> = { '?principal': principal };
	if (templates[chosen]?.includes('?resource')) values['?resource'] = resource;
	return { templateId: `t${chosen}`, newId: `l${place}`, values };
}

/** A value as a request holds it, by the type that it is meant to have. */
const values = fc.letrec<Record<Kind | 'any', CedarValue>>((tie) => {
	const extension = (fn: string, good: string[]) => from(good).map((arg) => ({ __extn: { fn, arg } }));
	return {
		any: fc.oneof({ maxDepth: 2, depthIdentifier: 'value' }, ...KINDS.map((kind) => tie(kind))),
		bool: fc.boolean(),
		long: from(LONGS)
			.map(Number)
			.filter((number) => Math.abs(number) < 2 ** 63),
		string: from(TEXTS),
		entity: uid.map((one) => ({ __entity: one })),
		set: fc.oneof(
			fc.array(from([...LONGS.slice(0, 8).map(Number), ...TEXTS])),
			fc.array(tie('entity'), { maxLength: 10 }),
			fc.array(tie('any'), { maxLength: 3 }),
		),
		record: fieldsOf((kind) => tie(kind)),
		ip: extension('ip', ADDRESSES),
		decimal: extension('decimal', DECIMALS),
		datetime: fc.oneof(
			{ maxDepth: 2, depthIdentifier: 'value' },
			extension('datetime', DATETIMES),
			fc
				.tuple(extension('datetime', DATETIMES), tie('duration'))
				.map((args) => ({ __extn: { fn: 'offset', args } })),
		),
		duration: extension('duration', DURATIONS),
	};
});

function fieldsOf(
	value: (kind: Kind | 'any') => fc.Arbitrary<CedarValue>,
): fc.Arbitrary<Record<string, CedarValue>> {
	const field = ([name, kind]: readonly [string, Kind]) =>
		fc
			.option(rarely(value(kind), value('any'), 15), { freq: 1 })
			.map((given) => (given === null ? [] : [[name, given] as const]));
	return fc.tuple(...ATTRIBUTES.map(field)).map((given) => Object.fromEntries(given.flat()));
}

const attributes = fieldsOf((kind) => values[kind]);

/** What Cedar refuses the whole request for. */
const malformed = from<unknown>([
	...[
		null,
		1.5,
		1e19,
		{ __extn: { fn: 'ip', arg: '10.0.0' } },
		{ __extn: { fn: 'nothing', arg: 'a' } },
		{ __expr: 'true' },
	],
	...[
		{ __entity: { type: 'no type', id: 'a' } },
		{ __extn: { fn: 'decimal', arg: 1 } },
		{ __extn: { fn: 'isInRange', args: [] } },
		[[null]],
	],
	...[{ a: { __entity: { type: 'if', id: 'a' } } }],
]);
/** What looks like an escape and is a plain record. */
const lookalikes = from<unknown>([
	...[
		{ __entity: 'a' },
		{ __extn: { fn: 'ip' } },
		{ __expr: 1 },
		{ __entity: { type: 'User', id: 'a' }, more: 1 },
		{ type: 'User', id: 'a' },
	],
	...[
		{ __extn: { fn: 'ip', arg: '::1' }, n: 2 },
		{ __entity: { type: 'User', id: 'a', more: 1 } },
		{ __extn: { fn: 'isIpv4', arg: { __extn: { fn: 'ip', arg: '::1' } } } },
	],
]);

const context = fc
	.tuple(attributes, fc.option(rarely(lookalikes, malformed, 6), { freq: 12 }), from(NAMES))
	.map(([fields, odd, name]) =>
		odd === null ? fields : { ...fields, ...Object.fromEntries([[name, odd as CedarValue]]) },
	);

const POOL: EntityUid[] = [
	...TYPES.flatMap((type) => IDS.map((id) => ({ type, id }))),
	...[...ACTIONS, ...GROUPS_OF_ACTIONS].map((id) => ({ type: 'Action', id })),
];

/** Parents come later in the pool, so that there is no circle of them; but for a rare one. */
const entities: fc.Arbitrary<Entity[]> = fc
	.tuple(
		fc.uniqueArray(fc.nat(POOL.length - 1), { maxLength: 6, size: 'max' }),
		fc.array(
			fc.tuple(attributes, fc.array(fc.nat(), { maxLength: 3 }), rarely(fc.constant(null), attributes, 4)),
			{
				minLength: 14,
				maxLength: 14,
			},
		),
		rarely(fc.constant(false), fc.constant(true), 60),
	)
	.map(([places, contents, circle]) =>
		places.map((place, number) => {
			const [attrs = {}, above = [], tags = null] = contents[number] ?? [];
			const uid = POOL[place] as EntityUid;
			const parents = above.flatMap((step) => parentOf(place, step, circle));
			return { uid, attrs, parents, ...(tags !== null && { tags }) };
		}),
	);

function parentOf(place: number, step: number, circle: boolean): EntityUid[] {
	const later = POOL.slice(place + 1).filter(
		({ type }) => POOL[place]?.type !== 'Action' || type === 'Action',
	);
	if (circle) return [POOL[step % POOL.length] as EntityUid];
	return later.length === 0 ? [] : [later[step % later.length] as EntityUid];
}

/** Now and then an entity is there twice, in two ways. */
const world = rarely(
	entities,
	entities.map((known) => [...known, ...known.slice(0, 1).map((first) => ({ ...first, attrs: { n: 1 } }))]),
	60,
);

/** Who, doing what, on what, in what context, among which entities. */
const parts = fc.record({
	principals: fc.array(
		rarely(
			uid,
			from([
				{ type: 'no type', id: 'a' },
				{ type: 'in', id: 'a' },
			]),
			150,
		),
		{ minLength: 6, maxLength: 6 },
	),
	contexts: fc.array(context, { minLength: 6, maxLength: 6 }),
	worlds: fc.array(world, { minLength: 3, maxLength: 3 }),
});

/**
 * So many requests: every one is made up of a few parts, for putting parts together is much quicker than making them up.
 */
export function requestsOf(count: number, least = count): fc.Arbitrary<AccessRequest[]> {
	const choice = fc.tuple(fc.nat(5), action, uid, fc.nat(5), fc.nat(2));
	return fc
		.tuple(parts, fc.array(choice, { minLength: least, maxLength: count, size: 'max' }))
		.map(([made, choices]) =>
			choices.map(([principal, action, resource, context, entities]) => ({
				principal: made.principals[principal] as EntityUid,
				action,
				resource,
				context: made.contexts[context] as Record<string, CedarValue>,
				entities: made.worlds[entities] as Entity[],
			})),
		);
}

import { peopleFrom } from '../../../core/access/decisions/people';
import type { SystemConnector } from '../../../core/ports/systemConnector';

/** An HR system of these departments, by key with the key of the one above; everybody is called after their department. */
function hrWith(parents: Record<string, string | undefined>, keepsDepartments = true) {
	const asked: string[][] = [];
	const get = async (entity: string, keys: string[]) => {
		if (entity === 'department') asked.push(keys);
		return new Map(
			keys
				.filter((key) => Object.hasOwn(parents, key))
				.map((key) => [
					key,
					entity === 'employee'
						? { department: key, rank: 5, state: 'active', name: 'Li Na', email: 'li.na@example.com' }
						: { parent: parents[key] },
				]),
		);
	};
	const capabilities = () => ({ entities: keepsDepartments ? { department: { read: true } } : {} });
	return { hr: { get, capabilities } as unknown as SystemConnector, asked };
}

test('people come with what policies ask about, the departments above theirs, and no name or address', async () => {
	const { hr, asked } = hrWith({
		raw: 'direct',
		direct: 'purchasing',
		purchasing: 'board',
		board: undefined,
	});
	const people = await peopleFrom(hr, ['raw', 'raw', '', 'nobody', 'constructor']);
	expect(people.get('raw')).toEqual({
		id: 'raw',
		attributes: {
			department: 'raw',
			rank: 5,
			state: 'active',
			position: undefined,
			region: undefined,
			site: undefined,
		},
		departmentsAbove: ['direct', 'purchasing', 'board'],
		isKnown: true,
	});
	expect([...people].map(([key, { isKnown }]) => [key, isKnown])).toEqual([
		['raw', true],
		['nobody', false],
		['constructor', false],
	]);
	expect(asked).toEqual([['raw'], ['direct'], ['purchasing'], ['board']]);
});

test('departments that are in each other come to an end', async () => {
	const { hr, asked } = hrWith({ a: 'b', b: 'a' });
	const above = (await peopleFrom(hr, ['a'])).get('a')?.departmentsAbove ?? [];
	expect(new Set(above)).toEqual(new Set(['a', 'b']));
	expect(above.length).toBeLessThanOrEqual(20);
	expect(asked).toEqual([['a'], ['b']]);
});

test('an HR system without departments is not asked for them', async () => {
	const { hr, asked } = hrWith({ a: 'b' }, false);
	expect((await peopleFrom(hr, ['a'])).get('a')?.departmentsAbove).toEqual([]);
	expect(asked).toEqual([]);
});

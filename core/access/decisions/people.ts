import type { Employee } from '../../model/employee';
import type { SystemConnector } from '../../ports/systemConnector';
import type { Person } from './question';

/** Departments that are in each other without end are cut here. */
const highestTree = 20;

/**
 * What the HR system says of people, by key. Somebody whom it does not have is not known. Departments come with those above
 * them, where the HR system keeps departments.
 */
export async function peopleFrom(hr: SystemConnector, keys: string[]): Promise<Map<string, Person>> {
	const wanted = [...new Set(keys)].filter((key) => key !== '');
	const employees = wanted.length === 0 ? new Map<string, Employee>() : await hr.get('employee', wanted);
	const parents = await parentsOf(
		hr,
		[...employees.values()].flatMap(({ department }) => department ?? []),
	);
	return new Map(
		wanted.map((key) => {
			const employee = employees.get(key);
			return [key, employee === undefined ? unknownPerson(key) : personOf(key, employee, parents)];
		}),
	);
}

function unknownPerson(id: string): Person {
	return { id, attributes: {}, departmentsAbove: [], isKnown: false };
}

function personOf(id: string, employee: Employee, parents: Map<string, string>): Person {
	const { department, rank, position, region, site, state } = employee;
	const departmentsAbove: string[] = [];
	let above = department === undefined ? undefined : parents.get(department);
	while (above !== undefined && departmentsAbove.length < highestTree) {
		departmentsAbove.push(above);
		above = parents.get(above);
	}
	return {
		id,
		attributes: { department, rank, position, region, site, state },
		departmentsAbove,
		isKnown: true,
	};
}

async function parentsOf(hr: SystemConnector, departments: string[]): Promise<Map<string, string>> {
	const parents = new Map<string, string>();
	if (hr.capabilities().entities.department?.read !== true) return parents;
	const seen = new Set<string>();
	let level = [...new Set(departments)];
	for (let height = 0; level.length > 0 && height < highestTree; height += 1) {
		level.forEach((key) => seen.add(key));
		const found = await hr.get('department', level);
		for (const [key, { parent }] of found) if (parent !== undefined) parents.set(key, parent);
		level = [...new Set([...found.values()].flatMap(({ parent }) => parent ?? []))].filter(
			(key) => !seen.has(key),
		);
	}
	return parents;
}

import type { Employee } from './employee';

/** Whether the person is in the state and has the text in key, number, name, login or e-mail; what is not asked for matches. */
export function personMatches(
	person: Employee,
	{ search = '', state }: { search?: string | undefined; state?: string | undefined },
): boolean {
	if (state !== undefined && person.state !== state) return false;
	const wanted = search.toLowerCase();
	return [person.key, person.number, person.name, person.login, person.email].some(
		(text) => text?.toLowerCase().includes(wanted) === true,
	);
}

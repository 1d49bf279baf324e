import type { Hr } from './hr';
import { posts, units } from './organisation';
import { left, moved, onLeave, operatorsWithUser, people } from './people';

const sites: Record<string, string> = { east: 'Suzhou', south: 'Foshan', west: 'Chengdu' };

/** Fills an empty HR system: departments, posts and 60 people, of whom one is away, two have left and three came from other posts. */
export function seedHr(hr: Hr, today = new Date()): void {
	const monthsAgo = (months: number): string =>
		new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - months, 1)).toISOString().slice(0, 10);
	hr.import(() => {
		for (const [code, name, parent, , costCentre] of units)
			hr.departments.create({ code, name, costCentre, ...(parent === undefined ? {} : { parent }) });
		for (const [code, name, department, rank, region, approver = false] of posts)
			hr.positions.create({
				code,
				name,
				department,
				rank,
				approver,
				...(region === undefined ? {} : { region }),
			});
		for (const [index, [name, latin, post, manager]] of people.entries()) {
			const number = `E${1001 + index}`;
			const [, , department = '', rank, fixed] = posts.find(([code]) => code === post) ?? [];
			const region = fixed ?? (manager === 'E1006' ? 'south' : 'east');
			const login = latin.toLowerCase().replace(' ', '.');
			const earlier = moved.find((one) => one.number === number);
			const hiredOn = monthsAgo(96 - ((index * 37) % 84));
			hr.employees.create({
				number,
				name: `${name} ${latin}`,
				email: `${login}@sandbox.example`,
				...(post !== 'WHS-OPR' || operatorsWithUser.includes(latin) ? { login } : {}),
				department,
				position: post,
				rank,
				region,
				site: sites[region],
				...(manager === undefined ? {} : { manager }),
				hiredOn,
				assignedOn: hiredOn,
				costCentre: units.find(([code]) => code === department)?.[4],
				...earlier?.from,
			});
			if (earlier !== undefined)
				hr.move(number, { on: monthsAgo(earlier.monthsAgo), department, position: post, rank });
		}
		for (const [code, , , head] of units) hr.departments.change(code, { head });
		hr.startLeave(onLeave.number, {
			from: monthsAgo(onLeave.monthsAgo),
			until: monthsAgo(-onLeave.untilMonths),
		});
		for (const { number, monthsAgo: months } of left) hr.terminate(number, { on: monthsAgo(months) });
	});
}

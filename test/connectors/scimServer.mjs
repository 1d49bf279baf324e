/**
 * A SCIM 2.0 server of the scimmy packages on a free port of loopback, its users in memory. Beside SCIM it has `/people`, by which tests act
 * on the users as the directory's own administrator does.
 */
import { Buffer } from 'node:buffer';
import { randomUUID, timingSafeEqual } from 'node:crypto';

import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';

const token = process.env.SCIM_TOKEN ?? '';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
/** by id */
const users = new Map();
/** makes the server answer only so many of the users, as if there were no others; or say so and deliver fewer */
let shown = Infinity;
let delivered = Infinity;

const sameToken = (given) => {
	const [a, b] = [Buffer.from(given), Buffer.from(`Bearer ${token}`)];
	return a.length === b.length && timingSafeEqual(a, b);
};
const store = (id, fields) => {
	const before = users.get(id);
	const now = new Date().toISOString();
	const meta = { created: before?.meta.created ?? now, lastModified: now };
	const user = { ...fields, id, meta };
	users.set(id, user);
	return user;
};

SCIMMY.Schemas.User.extend(SCIMMY.Schemas.EnterpriseUser);
SCIMMY.Config.set({ patch: true, filter: { supported: true, maxResults: 200 } });
SCIMMY.Resources.declare(SCIMMY.Resources.User)
	.egress((resource) => {
		if (resource.id !== undefined) {
			const user = users.get(resource.id);
			if (user === undefined) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
			return user;
		}
		const all = [...users.values()].slice(0, shown);
		return resource.filter === undefined ? all : resource.filter.match(all);
	})
	.ingress((resource, instance) => {
		const fields = JSON.parse(JSON.stringify(instance));
		const id = resource.id ?? randomUUID();
		const taken = [...users.values()].some(
			(other) => other.id !== id && other.userName.toLowerCase() === fields.userName.toLowerCase(),
		);
		if (taken) throw new SCIMMY.Types.Error(409, 'uniqueness', `userName "${fields.userName}" is taken`);
		return store(id, fields);
	})
	.degress((resource) => {
		users.delete(resource.id);
	});

/** by id; members are kept as given */
const groups = new Map();
/** makes the server answer "ok" to changes of groups and keep them as they are */
let lying = false;
SCIMMY.Resources.declare(SCIMMY.Resources.Group)
	.egress((resource) => {
		if (resource.id === undefined) return [...groups.values()];
		const group = groups.get(resource.id);
		if (group === undefined) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
		return group;
	})
	.ingress((resource, instance) => {
		const id = resource.id ?? randomUUID();
		const group = { ...JSON.parse(JSON.stringify(instance)), id };
		if (lying && groups.has(id)) return group;
		groups.set(id, group);
		return group;
	})
	.degress((resource) => {
		groups.delete(resource.id);
	});

const app = express();
app.use('/people', express.json({ limit: '10mb' }));
app.get('/people', (_request, response) => response.json([...users.values()]));
app.put('/people', (request, response) => {
	response.json(
		request.body.map(({ id = randomUUID(), ...fields }) => store(id, { ...users.get(id), ...fields }).id),
	);
});
app.delete('/people', (request, response) => {
	for (const id of request.body) users.delete(id);
	response.json({});
});
app.put('/people/answers', (request, response) => {
	shown = request.body.shown ?? Infinity;
	delivered = request.body.delivered ?? Infinity;
	lying = request.body.lying ?? false;
	response.json({});
});
// As a directory behind a broken gateway does: the first pages, then nothing more.
app.use('/scim/v2/Users', (request, response, next) => {
	if (request.method === 'GET' && Number(request.query.startIndex ?? 1) > delivered)
		return response.type('application/scim+json').json({
			schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
			totalResults: users.size,
			startIndex: Number(request.query.startIndex),
			itemsPerPage: 0,
			Resources: [],
		});
	return next();
});
app.use(
	'/scim/v2',
	new SCIMMYRouters({
		type: 'bearer',
		handler: (request) => {
			if (!sameToken(request.header('authorization') ?? '')) throw new Error('The token is wrong.');
			return 'test';
		},
	}),
);
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port, enterprise }));
process.on('disconnect', () => process.exit(0));

-- Copies of one closed case, row by row: customer, order, journal, ledger, messages and all.
insert into customers select (lpad(to_hex(n), 8, '0') || '-0000-4000-8000-000000000000')::uuid,
key_wrapped, decode(lpad(to_hex(n), 64, '0'), 'hex'), phone_index, fields_cipher, locale, zone,
market, tier, consent, created_at, erased_at from customers, generate_series(1, :many) n where id =
:customer;

insert into orders (ref, market, currency, placed_at, facts, loaded_at) select 'g-' || n, market,
currency, placed_at, facts, loaded_at from orders, generate_series(1, :many) n where id = :order;

insert into cases (number, customer_id, order_ref, order_id, procedure, version, problem, reason,
market, currency, locale, zone, channel, tier, status, opened_at, closed_at, outcome, seq, head,
legs) select 'MG-2026-' || (1000000 + n), (lpad(to_hex(n), 8, '0') ||
'-0000-4000-8000-000000000000')::uuid, o.ref, o.id, c.procedure, c.version, c.problem, c.reason,
c.market, c.currency, c.locale, c.zone, c.channel, c.tier, c.status, c.opened_at - n * interval '1
minute', c.closed_at, c.outcome, c.seq, c.head, c.legs from cases c, generate_series(1, :many) n
join orders o on o.ref = 'g-' || n where c.id = :case;

insert into order_units (order_id, line_ref, unit_no, sku, title, category, paid_minor, given_minor)
select o.id, u.line_ref, u.unit_no, u.sku, u.title, u.category, u.paid_minor, u.given_minor from
order_units u, orders o where u.order_id = :order and o.ref like 'g-%';

insert into payments (order_id, ref, kind, authorised_minor, captured_minor, refunded_minor) select
o.id, 'pay-' || o.ref, p.kind, p.authorised_minor, p.captured_minor, p.refunded_minor from payments
p, orders o where p.order_id = :order and o.ref like 'g-%';

insert into journal (case_id, seq, at, kind, cipher, prev, hash, fence) select c.id, j.seq, j.at,
j.kind, j.cipher, j.prev, j.hash, j.fence from journal j, cases c where j.case_id = :case and
c.order_ref like 'g-%';

insert into effects (key, case_id, order_id, step, visit, action, arguments_cipher, arguments_hash,
status, pays, money_minor, currency, provider_ref, result_cipher, attempts, intended_at, called_at,
settled_at) select c.number || ':' || e.step, c.id, c.order_id, e.step, e.visit, e.action,
e.arguments_cipher, e.arguments_hash, e.status, e.pays, e.money_minor, e.currency, e.provider_ref,
e.result_cipher, e.attempts, e.intended_at, e.called_at, e.settled_at from effects e, cases c where
e.case_id = :case and c.order_ref like 'g-%';

insert into messages (case_id, direction, channel, locale, template, subject_cipher, body_cipher,
key, at, author) select c.id, m.direction, m.channel, m.locale, m.template, m.subject_cipher,
m.body_cipher, c.number || ':' || m.id, m.at, m.author from messages m, cases c where m.case_id =
:case and c.order_ref like 'g-%';

insert into outbox (case_id, verb, dedupe_key, payload, due_at, sent_at) select id, 'start-leg',
'start-leg:' || number || '\:1', jsonb_build_object('case', number, 'leg', 1), opened_at, opened_at
from cases where order_ref like 'g-%';

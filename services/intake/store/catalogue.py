"""The catalogue: approved projects, searched by the words in them and by filters."""

from services.intake.rules.catalogue import ANY, MARK, PAGE, Card, Found, Listing, Search, Season
from services.intake.rules.projects import Project
from shared.contracts.submissions import HostFacts
from shared.database.connection import Connection

_KEEP = """
insert into catalogue select * from catalogue_entries where {which}
on conflict (project_id) do update set
    round_id = excluded.round_id, title = excluded.title, organisation = excluded.organisation,
    sector = excluded.sector, city = excluded.city, country = excluded.country, size = excluded.size,
    category = excluded.category, mode = excluded.mode, week = excluded.week, days = excluded.days,
    places = excluded.places, starts_on = excluded.starts_on, skills = excluded.skills,
    disciplines = excluded.disciplines, approved_at = excluded.approved_at, search = excluded.search
"""


async def list_project(connection: Connection, project_id: str) -> None:
    """List a project as it now stands; does nothing for one that is not approved."""
    await connection.execute(_KEEP.format(which="project_id = $1"), project_id)


async def list_projects_of_host(connection: Connection, host_id: str) -> None:
    """List a host's projects again, since its facts have changed."""
    await connection.execute(
        _KEEP.format(which="project_id in (select project_id from projects where host_id = $1)"), host_id
    )


# `misses` has the filters that a project does not pass. A project is found if it misses none. It counts for its values
# of a filter if it misses no other filter: so each count is what choosing that value would leave.
_SEARCH = """
with asked as (
    -- The last word may still be being typed, so it matches as a prefix.
    select case when right(words::text, 1) = '''' then (words::text || ':*')::tsquery else words end as query
    from websearch_to_tsquery('english', $1) as words
),
listed as materialized (
    select
        listed_projects.*,
        case when numnode(query) > 0 then ts_rank(search, query) else 0 end as rank,
        array_remove(array[
            case when $3::text[] <> '{}' and sector <> all($3) then 'sector' end,
            case when $4::text[] <> '{}' and category <> all($4) then 'category' end,
            case when $5::text[] <> '{}' and week::text <> all($5) then 'week' end,
            case when $6::text[] <> '{}' and mode <> all($6) then 'mode' end,
            case when $7::text[] <> '{}' and city <> all($7) then 'place' end,
            case when $8::text[] <> '{}' and not disciplines && ($8 || array[$15::text]) then 'discipline' end,
            case when $9::text[] <> '{}' and size <> all($9) then 'size' end
        ], null) as misses
    from listed_projects, asked
    where (round_id = any($2) or round_id = any($16) and places_left > 0)
        and (numnode(query) = 0 or search @@ query)
),
named as (
    select distinct unnest(disciplines) as discipline from listed
),
values_of as (
    select misses, filter, value
    from listed, lateral (values
        ('sector', sector), ('category', category), ('week', week::text), ('mode', mode),
        ('place', city), ('size', size)
    ) as has (filter, value)
    union all
    select misses, 'discipline', discipline
    from listed join named on discipline = any(disciplines) or $15 = any(disciplines)
    where discipline <> $15
),
counted as (
    select filter, value, count(*) from values_of where misses <@ array[filter] and value <> '' group by filter, value
),
page as (
    select *, row_number() over (order by
        case when $10 = 'best' then rank end desc,
        case when $10 in ('best', 'newest') then approved_at end desc,
        case when $10 = 'title' then title end,
        starts_on, title, project_id
    ) as position
    from listed where misses = '{}' order by position limit $11 offset $12
),
cards as (
    select
        page.project_id, title, organisation, sector, city, country, category, mode, week, days, starts_on,
        case when page.round_id = any($2) then places else places_left end as places,
        -- If the words are only in the title or in the host's facts, the text is shown from its beginning.
        case when strpos(headline, $17) > 0 then headline else template->>'scope' end as excerpt,
        exists (
            select from applications
            where applications.project_id = page.project_id and student_id = $14 and state = 'received'
        ) as applied,
        position
    from page join projects using (project_id) join project_revisions using (project_id, revision), asked,
        lateral (
            select case when numnode(query) > 0 then ts_headline('english', concat_ws(
                ' · ',
                template->>'scope',
                array_to_string(array(select jsonb_array_elements_text(
                    (template->'tasks') || (template->'deliverables') || (template->'skills')
                )), ' · ')
            ), query, $13) else '' end as headline
        ) as marked
)
select
    (select count(*) from listed where misses = '{}') as total,
    (select coalesce(jsonb_agg(to_jsonb(cards) - 'position' order by position), '[]') from cards) as cards,
    (select coalesce(jsonb_agg(counted), '[]') from counted) as choices
"""

_HEADLINE = f'StartSel={MARK[0]}, StopSel={MARK[1]}, MaxFragments=2, MinWords=12, MaxWords=28, FragmentDelimiter=" … "'


async def find(
    connection: Connection, search: Search, season: Season, student_id: str | None, *, most: int = PAGE
) -> Found:
    """One page of what a search finds, marked where the student has applied, with the counts of every filter."""
    chosen = search.chosen
    row = await connection.fetchrow(
        _SEARCH,
        search.q,
        season.first_rounds,
        chosen["sector"],
        chosen["category"],
        chosen["week"],
        chosen["mode"],
        chosen["place"],
        chosen["discipline"],
        chosen["size"],
        search.order,
        most,
        most * (search.page - 1),
        _HEADLINE,
        student_id,
        ANY,
        season.rounds_with_places_left,
        MARK[0],
    )
    return Found.model_validate(dict(row or {}))


async def listing(connection: Connection, project_id: str) -> Listing | None:
    """A project and its host, in whatever state."""
    row = await connection.fetchrow(
        """
        select project_id, round_id, host_id, revision, state, template, facts
        from projects join project_revisions using (project_id, revision) join hosts using (host_id)
        where project_id = $1
        """,
        project_id,
    )
    if row is None:
        return None
    host = HostFacts(**row["facts"])
    project = {name: row[name] for name in Project.model_fields}
    return Listing(**project, organisation=host.organisation, sector=host.sector, host=host)


async def near(
    connection: Connection, project_id: str, season: Season, student_id: str | None, *, most: int
) -> list[Card]:
    """The listed projects most like this one, by sector, kind of work, skills and the words of its title."""
    rows = await connection.fetch(
        """
        with this as (
            select catalogue.*, (
                select string_agg(quote_literal(lexeme), ' | ') from unnest(to_tsvector('english', title))
            )::tsquery as words
            from catalogue where project_id = $1
        ),
        likened as (
            select other.*,
                2 * (other.sector = this.sector)::integer + 2 * (other.category = this.category)::integer
                + cardinality(array(select unnest(other.skills) intersect select unnest(this.skills)))
                + 4 * coalesce(ts_rank(other.search, this.words), 0) as likeness
            from listed_projects as other, this
            where other.project_id <> this.project_id
                and (other.round_id = any($3) or other.round_id = any($4) and other.places_left > 0)
        )
        select project_id, title, organisation, sector, city, country, category, mode, week, days, starts_on,
            case when round_id = any($3) then places else places_left end as places,
            '' as excerpt,
            exists (
                select from applications
                where applications.project_id = likened.project_id and student_id = $2 and state = 'received'
            ) as applied
        from likened where likeness >= 1
        order by likeness desc, title, project_id limit $5
        """,
        project_id,
        student_id,
        season.first_rounds,
        season.rounds_with_places_left,
        most,
    )
    return [Card(**row) for row in rows]


async def sectors(connection: Connection, season: Season) -> dict[str, int]:
    """How many projects are listed in each sector."""
    rows = await connection.fetch(
        """
        select sector, count(*) from listed_projects
        where (round_id = any($1) or round_id = any($2) and places_left > 0) and sector <> '' group by sector
        """,
        season.first_rounds,
        season.rounds_with_places_left,
    )
    return {row["sector"]: row["count"] for row in rows}

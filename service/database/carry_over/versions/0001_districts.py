"""Districts with their boundary versions, and code lists."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UP = """
CREATE TABLE code (
    list        text    NOT NULL,
    code        text    NOT NULL,
    label_zh    text    NOT NULL,
    label_en    text    NOT NULL,
    properties  jsonb   NOT NULL DEFAULT '{}',
    source      text    NOT NULL,
    position    integer NOT NULL DEFAULT 0,
    CONSTRAINT code_pkey PRIMARY KEY (list, code),
    CONSTRAINT code_properties_check CHECK (jsonb_typeof(properties) = 'object')
);
COMMENT ON TABLE code IS '代码表：除造林类型外的各种代码。Code lists, all but the kinds of plots.';
COMMENT ON COLUMN code.list IS 'Name of the list: method, category, species …';
COMMENT ON COLUMN code.code IS 'Code as stored in plots and files';
COMMENT ON COLUMN code.label_zh IS '中文名称';
COMMENT ON COLUMN code.label_en IS 'English name';
COMMENT ON COLUMN code.properties IS 'Further columns of the list, by name';
COMMENT ON COLUMN code.source IS 'Standard or notice that the code comes from';
COMMENT ON COLUMN code.position IS 'Order in which people expect to see it';

CREATE TABLE kind (
    code        text    NOT NULL,
    label_zh    text    NOT NULL,
    label_en    text    NOT NULL,
    green_class text    NOT NULL,
    source      text    NOT NULL,
    position    integer NOT NULL DEFAULT 0,
    CONSTRAINT kind_pkey PRIMARY KEY (code),
    CONSTRAINT kind_green_class_check CHECK (green_class IN ('forest', 'urban'))
);
COMMENT ON TABLE kind IS '造林类型 / 绿地类型。Kinds of plots; figures are grouped by them.';
COMMENT ON COLUMN kind.code IS 'Code as stored in plots and files';
COMMENT ON COLUMN kind.label_zh IS '中文名称';
COMMENT ON COLUMN kind.label_en IS 'English name';
COMMENT ON COLUMN kind.green_class IS '绿地大类：forest 林, urban 城乡绿地 (never counted as forest land)';
COMMENT ON COLUMN kind.source IS 'Standard or notice that the code comes from';
COMMENT ON COLUMN kind.position IS 'Order in which people expect to see it';

CREATE TABLE district (
    code   text    NOT NULL,
    name   text    NOT NULL,
    level  text    NOT NULL,
    parent text,
    demo   boolean NOT NULL DEFAULT false,
    CONSTRAINT district_pkey PRIMARY KEY (code),
    CONSTRAINT district_parent_fkey FOREIGN KEY (parent) REFERENCES district (code)
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT district_code_check CHECK (code ~ '^[0-9]{6}([0-9]{3}){0,3}$'),
    CONSTRAINT district_name_check CHECK (name <> ''),
    CONSTRAINT district_level_check
        CHECK (level IN ('province', 'city', 'county', 'town', 'village', 'group')),
    CONSTRAINT district_parent_check CHECK (parent <> code)
);
CREATE INDEX district_parent_idx ON district (parent);
COMMENT ON TABLE district IS '行政区：行政区划树的节点。A node of the administrative tree.';
COMMENT ON COLUMN district.code IS '行政区划代码 GB/T 2260, 6, 9, 12 or 15 digits';
COMMENT ON COLUMN district.name IS '名称';
COMMENT ON COLUMN district.level IS '级别：province 省, city 市, county 县, town 乡镇, village 村, group 组';
COMMENT ON COLUMN district.parent IS '上级行政区代码；municipalities have no city level';
COMMENT ON COLUMN district.demo IS 'Came with the demo; `luotu demo --remove` takes it out';

CREATE TABLE district_boundary (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    code       text NOT NULL,
    geom       geometry(MultiPolygon, 4490) NOT NULL,
    area_m2    double precision NOT NULL GENERATED ALWAYS AS (ST_Area(geom::geography)) STORED,
    source     text NOT NULL,
    complete   boolean NOT NULL DEFAULT true,
    valid_from date NOT NULL DEFAULT CURRENT_DATE,
    valid_to   date,
    CONSTRAINT district_boundary_pkey PRIMARY KEY (id),
    CONSTRAINT district_boundary_code_fkey FOREIGN KEY (code) REFERENCES district (code)
        ON DELETE CASCADE,
    CONSTRAINT district_boundary_geom_check CHECK (ST_IsValid(geom) AND NOT ST_IsEmpty(geom)),
    CONSTRAINT district_boundary_dates_check CHECK (valid_to >= valid_from),
    CONSTRAINT district_boundary_dates_excl EXCLUDE USING gist
        (code WITH =, daterange(valid_from, valid_to) WITH &&)
);
CREATE UNIQUE INDEX district_boundary_current_key ON district_boundary (code)
    WHERE valid_to IS NULL;
CREATE INDEX district_boundary_geom_idx ON district_boundary USING gist (geom);
COMMENT ON TABLE district_boundary IS '行政区界线版本。A boundary of a district and the time that it holds.';
COMMENT ON COLUMN district_boundary.id IS 'Every figure names the boundary that it stands on';
COMMENT ON COLUMN district_boundary.code IS 'District';
COMMENT ON COLUMN district_boundary.geom IS 'CGCS2000 longitude, latitude';
COMMENT ON COLUMN district_boundary.area_m2 IS '椭球面积，平方米';
COMMENT ON COLUMN district_boundary.source IS 'File or vintage; `derived` when made of the children';
COMMENT ON COLUMN district_boundary.complete IS 'false: derived from children not declared whole';
COMMENT ON COLUMN district_boundary.valid_from IS 'First day';
COMMENT ON COLUMN district_boundary.valid_to IS 'Day after the last; empty while it holds';

CREATE TABLE district_cell (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    boundary_id bigint NOT NULL,
    code        text   NOT NULL,
    geom        geometry(Polygon, 4490) NOT NULL,
    CONSTRAINT district_cell_pkey PRIMARY KEY (id),
    CONSTRAINT district_cell_boundary_id_fkey FOREIGN KEY (boundary_id)
        REFERENCES district_boundary (id) ON DELETE CASCADE
);
CREATE INDEX district_cell_geom_idx ON district_cell USING gist (geom);
CREATE INDEX district_cell_boundary_id_idx ON district_cell (boundary_id);
COMMENT ON TABLE district_cell IS '县界切块。Pieces of county boundaries; coverage is merged cell by cell.';
COMMENT ON COLUMN district_cell.id IS 'Number of the cell';
COMMENT ON COLUMN district_cell.boundary_id IS 'Boundary that it is a piece of';
COMMENT ON COLUMN district_cell.code IS 'District of that boundary';
COMMENT ON COLUMN district_cell.geom IS 'At most 64 vertices (ST_Subdivide)';

-- Counties and what lies below them carry plots; higher levels are sums of them and need no cells.
CREATE FUNCTION district_boundary_cells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM district_cell WHERE boundary_id = NEW.id;
    INSERT INTO district_cell (boundary_id, code, geom)
    SELECT NEW.id, NEW.code, piece
    FROM district d, ST_Subdivide(NEW.geom, 64) AS piece
    WHERE d.code = NEW.code AND d.level NOT IN ('province', 'city');
    RETURN NULL;
END $$;
CREATE TRIGGER district_boundary_cells AFTER INSERT OR UPDATE OF geom ON district_boundary
    FOR EACH ROW EXECUTE FUNCTION district_boundary_cells();
"""

DOWN = """
DROP TABLE district_cell;
DROP TABLE district_boundary;
DROP FUNCTION district_boundary_cells();
DROP TABLE district;
DROP TABLE kind;
DROP TABLE code;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(UP)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)

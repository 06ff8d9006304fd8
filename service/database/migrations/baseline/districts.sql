CREATE TABLE district (
    code text NOT NULL,
    name text NOT NULL,
    level text NOT NULL,
    parent text,
    demo boolean DEFAULT false NOT NULL,
    CONSTRAINT district_pkey PRIMARY KEY (code),
    CONSTRAINT district_parent_fkey FOREIGN KEY (parent) REFERENCES district(code) DEFERRABLE INITIALLY
        DEFERRED,
    CONSTRAINT district_code_check CHECK (code ~ '^[0-9]{6}([0-9]{3}){0,3}$'),
    CONSTRAINT district_level_check CHECK (level IN ('province', 'city', 'county', 'town', 'village',
        'group')),
    CONSTRAINT district_name_check CHECK (name <> ''),
    CONSTRAINT district_parent_check CHECK (parent <> code)
);
COMMENT ON TABLE district IS '行政区：行政区划树的节点。A node of the administrative tree.';
COMMENT ON COLUMN district.code IS '行政区划代码 GB/T 2260, 6, 9, 12 or 15 digits';
COMMENT ON COLUMN district.name IS '名称';
COMMENT ON COLUMN district.level IS
    '级别：province 省, city 市, county 县, town 乡镇, village 村, group 组';
COMMENT ON COLUMN district.parent IS '上级行政区代码；municipalities have no city level';
COMMENT ON COLUMN district.demo IS
    'Came with the demo; `luotu demo --remove` takes it out';
CREATE INDEX district_parent_idx ON district (parent);

CREATE TABLE district_boundary (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    code text NOT NULL,
    geom geometry(MultiPolygon,4490) NOT NULL,
    area_m2 double precision GENERATED ALWAYS AS (st_area((geom)::geography)) STORED NOT NULL,
    source text NOT NULL,
    complete boolean DEFAULT true NOT NULL,
    valid_from date DEFAULT beijing_today() NOT NULL,
    valid_to date,
    CONSTRAINT district_boundary_pkey PRIMARY KEY (id),
    CONSTRAINT district_boundary_dates_excl EXCLUDE USING gist (code WITH =, daterange(valid_from,
        valid_to) WITH &&),
    CONSTRAINT district_boundary_code_fkey FOREIGN KEY (code) REFERENCES district(code) ON DELETE
        CASCADE,
    CONSTRAINT district_boundary_dates_check CHECK (valid_to >= valid_from),
    CONSTRAINT district_boundary_geom_check CHECK (st_isvalid(geom) AND (NOT st_isempty(geom)))
);
COMMENT ON TABLE district_boundary IS '行政区界线版本。A boundary of a district and the time that it holds.';
COMMENT ON COLUMN district_boundary.id IS
    'Every figure names the boundary that it stands on';
COMMENT ON COLUMN district_boundary.code IS 'District';
COMMENT ON COLUMN district_boundary.geom IS 'CGCS2000 longitude, latitude';
COMMENT ON COLUMN district_boundary.area_m2 IS '椭球面积，平方米';
COMMENT ON COLUMN district_boundary.source IS
    'File or vintage; `derived` when made of the children';
COMMENT ON COLUMN district_boundary.complete IS
    'false: derived from children not declared whole';
COMMENT ON COLUMN district_boundary.valid_from IS 'First day';
COMMENT ON COLUMN district_boundary.valid_to IS 'Day after the last; empty while it holds';
CREATE UNIQUE INDEX district_boundary_current_key ON district_boundary (code) WHERE (valid_to IS
    NULL);
CREATE INDEX district_boundary_geom_idx ON district_boundary USING gist (geom);

CREATE TABLE district_cell (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    boundary_id bigint NOT NULL,
    code text NOT NULL,
    geom geometry(Polygon,4490) NOT NULL,
    CONSTRAINT district_cell_pkey PRIMARY KEY (id),
    CONSTRAINT district_cell_boundary_id_fkey FOREIGN KEY (boundary_id) REFERENCES district_boundary(id)
        ON DELETE CASCADE
);
COMMENT ON TABLE district_cell IS '县界切块。Pieces of county boundaries; coverage is merged cell by cell.';
COMMENT ON COLUMN district_cell.id IS 'Number of the cell';
COMMENT ON COLUMN district_cell.boundary_id IS 'Boundary that it is a piece of';
COMMENT ON COLUMN district_cell.code IS 'District of that boundary';
COMMENT ON COLUMN district_cell.geom IS
    'At most 64 vertices, and 0.11 degrees to a side (cells_of)';
CREATE INDEX district_cell_boundary_id_idx ON district_cell (boundary_id);
CREATE INDEX district_cell_geom_idx ON district_cell USING gist (geom);

CREATE TABLE district_shape (
    boundary_id bigint NOT NULL,
    scale smallint NOT NULL,
    geom geometry(Geometry,4490) NOT NULL,
    CONSTRAINT district_shape_pkey PRIMARY KEY (boundary_id, scale),
    CONSTRAINT district_shape_boundary_id_fkey FOREIGN KEY (boundary_id) REFERENCES
        district_boundary(id) ON DELETE CASCADE
);
COMMENT ON TABLE district_shape IS '行政区简化界线。Boundaries thinned for the eye; for looking only.';
COMMENT ON COLUMN district_shape.boundary_id IS 'Boundary';
COMMENT ON COLUMN district_shape.scale IS
    'z of WebMercatorQuad up to which nobody sees the difference';
COMMENT ON COLUMN district_shape.geom IS 'CGCS2000 longitude, latitude';

CREATE TABLE district_state (
    id boolean DEFAULT true NOT NULL,
    version uuid DEFAULT gen_random_uuid() NOT NULL,
    changed_by bigint DEFAULT ((pg_current_xact_id())::text)::bigint NOT NULL,
    CONSTRAINT district_state_pkey PRIMARY KEY (id),
    CONSTRAINT district_state_id_check CHECK (id)
);
COMMENT ON TABLE district_state IS
    '行政区版本。Another version as soon as any district or boundary is another: who keeps the tree in memory asks here whether it still holds.';
COMMENT ON COLUMN district_state.id IS 'Always true: there is one row';
COMMENT ON COLUMN district_state.version IS 'Random: no two trees ever have the same';
INSERT INTO district_state DEFAULT VALUES;
COMMENT ON COLUMN district_state.changed_by IS
    'Transaction that changed the districts last; it may go on changing them';

CREATE TABLE coverage_piece (
    cell_id bigint NOT NULL,
    plot_id bigint NOT NULL,
    boundary_id bigint NOT NULL,
    area_m2 double precision NOT NULL,
    whole boolean NOT NULL,
    counted boolean NOT NULL,
    mates bigint[],
    lost_m2 double precision[],
    crowd integer,
    crowd_m2 double precision,
    crowd_plots integer,
    CONSTRAINT coverage_piece_pkey PRIMARY KEY (cell_id, plot_id)
);
COMMENT ON TABLE coverage_piece IS
    '图斑在切块内的部分。What each green plot has in each cell, as of the last time that the cell was drained.';
COMMENT ON COLUMN coverage_piece.cell_id IS 'Cell';
COMMENT ON COLUMN coverage_piece.plot_id IS 'Plot, by its approved version';
COMMENT ON COLUMN coverage_piece.boundary_id IS 'Boundary that the cell is a piece of';
COMMENT ON COLUMN coverage_piece.area_m2 IS
    'Area of the part in the cell, square metres on the ellipsoid';
COMMENT ON COLUMN coverage_piece.whole IS 'The plot lies in this cell with all of itself';
COMMENT ON COLUMN coverage_piece.counted IS
    'The plot is counted here: in the first cell of the boundary that shares ground with it';
COMMENT ON COLUMN coverage_piece.mates IS
    'Plots of greater number that share ground with this one in the cell, and are not of its crowd';
COMMENT ON COLUMN coverage_piece.lost_m2 IS 'How much each of them shares with it';
COMMENT ON COLUMN coverage_piece.crowd IS
    'Plots of one number touch in the cell, and each shares ground with two that share ground; else empty';
COMMENT ON COLUMN coverage_piece.crowd_m2 IS 'Area of the union of the whole crowd';
COMMENT ON COLUMN coverage_piece.crowd_plots IS 'How many the crowd are';
CREATE INDEX coverage_piece_boundary_id_idx ON coverage_piece (boundary_id);
ALTER TABLE coverage_piece ENABLE ROW LEVEL SECURITY;

CREATE TABLE coverage_cell (
    cell_id bigint NOT NULL,
    boundary_id bigint NOT NULL,
    grouping text NOT NULL,
    grp text NOT NULL,
    green_m2 double precision NOT NULL,
    sum_m2 double precision NOT NULL,
    plot_count bigint NOT NULL,
    CONSTRAINT coverage_cell_pkey PRIMARY KEY (cell_id, "grouping", grp)
);
COMMENT ON TABLE coverage_cell IS
    '切块绿化面积。Figures of a cell as of the last time that it was drained; no row is zero.';
COMMENT ON COLUMN coverage_cell.cell_id IS 'Cell';
COMMENT ON COLUMN coverage_cell.boundary_id IS 'Boundary that the cell is a piece of';
COMMENT ON COLUMN coverage_cell.grouping IS 'all, green_class or stage';
COMMENT ON COLUMN coverage_cell.grp IS 'Group; empty for all';
COMMENT ON COLUMN coverage_cell.green_m2 IS 'Area of the union of the plots of the group';
COMMENT ON COLUMN coverage_cell.sum_m2 IS 'Their areas added up';
COMMENT ON COLUMN coverage_cell.plot_count IS 'Plots that are counted in this cell';
CREATE INDEX coverage_cell_boundary_id_idx ON coverage_cell (boundary_id);
ALTER TABLE coverage_cell ENABLE ROW LEVEL SECURITY;

CREATE TABLE coverage_district (
    boundary_id bigint NOT NULL,
    grouping text NOT NULL,
    grp text NOT NULL,
    code text NOT NULL,
    green_m2 double precision NOT NULL,
    sum_m2 double precision NOT NULL,
    plot_count bigint NOT NULL,
    level text NOT NULL,
    stamp uuid DEFAULT gen_random_uuid() NOT NULL,
    CONSTRAINT coverage_district_pkey PRIMARY KEY (boundary_id, "grouping", grp)
);
COMMENT ON TABLE coverage_district IS '行政区绿化面积。The cells of a boundary added up.';
COMMENT ON COLUMN coverage_district.boundary_id IS 'Boundary that holds now';
COMMENT ON COLUMN coverage_district.grouping IS 'all, green_class or stage';
COMMENT ON COLUMN coverage_district.grp IS 'Group; empty for all';
COMMENT ON COLUMN coverage_district.code IS 'District of the boundary';
COMMENT ON COLUMN coverage_district.green_m2 IS '绿化面积，平方米';
COMMENT ON COLUMN coverage_district.sum_m2 IS 'Areas of the plots inside it added up';
COMMENT ON COLUMN coverage_district.plot_count IS 'Plots that share ground with it';
COMMENT ON COLUMN coverage_district.level IS 'Level of the district';
COMMENT ON COLUMN coverage_district.stamp IS
    'Random, another one with every change: who keeps figures in memory asks here whether they still hold';
CREATE INDEX coverage_district_code_idx ON coverage_district (code, "grouping");
CREATE INDEX coverage_district_level_idx ON coverage_district ("grouping", level);
ALTER TABLE coverage_district ENABLE ROW LEVEL SECURITY;

CREATE TABLE coverage_dirty (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    boundary_id bigint NOT NULL,
    cell_id bigint NOT NULL,
    since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coverage_dirty_pkey PRIMARY KEY (id)
) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000);
COMMENT ON TABLE coverage_dirty IS
    '待重算切块。Cells that a write has touched; only added to by writers, so that they never wait for each other.';
COMMENT ON COLUMN coverage_dirty.id IS 'Grows with time';
COMMENT ON COLUMN coverage_dirty.boundary_id IS 'Boundary that the cell is a piece of';
COMMENT ON COLUMN coverage_dirty.cell_id IS
    'Cell; may stand here many times, and may be gone';
COMMENT ON COLUMN coverage_dirty.since IS 'When it was written';
CREATE INDEX coverage_dirty_boundary_id_idx ON coverage_dirty (boundary_id);
ALTER TABLE coverage_dirty ENABLE ROW LEVEL SECURITY;

CREATE TABLE code (
    list text NOT NULL,
    code text NOT NULL,
    label_zh text NOT NULL,
    label_en text NOT NULL,
    properties jsonb DEFAULT '{}'::jsonb NOT NULL,
    source text NOT NULL,
    position integer DEFAULT 0 NOT NULL,
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
    code text NOT NULL,
    label_zh text NOT NULL,
    label_en text NOT NULL,
    green_class text NOT NULL,
    source text NOT NULL,
    position integer DEFAULT 0 NOT NULL,
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

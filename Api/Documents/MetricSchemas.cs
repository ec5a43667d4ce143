using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using MMOrleans.Api.Series;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Api.Documents;

/// <summary>Describes, in the OpenAPI document, what follows from the table of metrics: the keys of an epoch and the names of the series.</summary>
internal static class MetricSchemas
{
    /// <summary>Adds the descriptions.</summary>
    public static void Describe(OpenApiOptions options)
    {
        options.AddSchemaTransformer(
            (schema, context, _) =>
            {
                if (context.JsonTypeInfo.Type == typeof(EpochResult))
                    Epoch(schema);
                else if (context.JsonTypeInfo.Type == typeof(MetricsDocument))
                    Series(schema);
                return Task.CompletedTask;
            }
        );
    }

    private static void Epoch(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Object;
        schema.Required = new HashSet<string> { "epoch", "round", "phase" };
        schema.Properties = MetricTable.Columns.ToDictionary(
            column => MetricTable.Find(column)?.Key ?? column,
            column =>
                (IOpenApiSchema)(
                    MetricTable.Find(column) is { } metric
                        ? Number(metric)
                        : new OpenApiSchema { Type = JsonSchemaType.String }
                )
        );
    }

    private static OpenApiSchema Number(Metric metric) =>
        new()
        {
            Type =
                metric.Kind == MetricKind.Count
                    ? JsonSchemaType.Integer
                    : JsonSchemaType.Number | JsonSchemaType.Null,
            Description = metric.Description,
        };

    private static void Series(OpenApiSchema schema)
    {
        if (schema.Properties?["series"] is OpenApiSchema series)
            series.Description = $"By name: {string.Join(", ", MetricSeries.Names)}.";
    }
}

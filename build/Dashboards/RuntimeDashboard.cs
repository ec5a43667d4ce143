using static MMOrleans.Dashboards.PromQl;

namespace MMOrleans.Dashboards;

/// <summary>What lies under the grains: Orleans and .NET.</summary>
internal static class RuntimeDashboard
{
    private const string Instance = "instance";

    public static Dashboard Definition { get; } =
        new(
            "runtime",
            "Runtime",
            "Orleans and .NET under the grains. Milliseconds where Orleans measures in them.",
            new Row(
                "Orleans",
                new Panel(
                    PanelKind.Lines,
                    "Messages",
                    "suffix: /s",
                    "That reached a silo's dispatcher, by kind.",
                    new Query(
                        Rate("orleans_messaging_processing_dispatcher_received_total", "Direction"),
                        "{{Direction}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Grain calls",
                    "suffix: /s",
                    "Answered, by silo.",
                    new Query(
                        Rate("orleans_app_requests_latency_milliseconds_count", Instance),
                        "{{instance}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Grain call latency",
                    "ms",
                    "Calls that wait for a segment or for news of a run are long by intention.",
                    Quantiles("orleans_app_requests_latency_milliseconds", "", 0.5, 0.99)
                ),
                new Panel(
                    PanelKind.Stack,
                    "Activations",
                    "none",
                    "By kind of grain.",
                    new Query(
                        $"sum by (grain_type) ({Of("orleans_catalog_activations", "grain_type!~\"sys[.].*\"")})",
                        "{{grain_type}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Long turns",
                    "suffix: /s",
                    "Turns of grains that took longer than Orleans likes: something computes or blocks where it should not, or the machine is busy.",
                    // Orleans counts from the first one on.
                    new Query(
                        $"{Rate("orleans_scheduler_long_running_turns_total", Instance)} or on() vector(0)",
                        "{{instance}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Storage latency",
                    "ms",
                    "Of the small state of grains, since the silos started.",
                    [
                        .. QuantilesSinceStart(
                                "orleans_storage_read_latency_milliseconds",
                                "state_name",
                                0.95
                            )
                            .Select(query => query with { Legend = "read " + query.Legend }),
                        .. QuantilesSinceStart(
                                "orleans_storage_write_latency_milliseconds",
                                "state_name",
                                0.95
                            )
                            .Select(query => query with { Legend = "write " + query.Legend }),
                    ]
                )
            ),
            new Row(
                ".NET",
                new Panel(
                    PanelKind.Lines,
                    "Collections",
                    "suffix: /s",
                    "Of garbage, by generation.",
                    new Query(
                        Rate("dotnet_gc_collections_total", "gc_heap_generation"),
                        "{{gc_heap_generation}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Time in collections",
                    "percentunit",
                    "Share of the time that each process stood still for them.",
                    new Query(Rate("dotnet_gc_pause_time_seconds_total", Instance), "{{instance}}")
                ),
                new Panel(
                    PanelKind.Lines,
                    "Managed heap",
                    "bytes",
                    "After the last collection. Tensors are not in it.",
                    new Query(
                        $"sum by (instance) ({Of("dotnet_gc_last_collection_heap_size_bytes")})",
                        "{{instance}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Memory of the process",
                    "bytes",
                    "Resident, tensors among it.",
                    new Query(
                        $"sum by (instance) ({Of("dotnet_process_memory_working_set_bytes")})",
                        "{{instance}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Cores used",
                    "none",
                    "Processor seconds a second.",
                    new Query(Rate("dotnet_process_cpu_time_seconds_total", Instance), "{{instance}}")
                ),
                new Panel(
                    PanelKind.Lines,
                    "Threads of the pool",
                    "none",
                    "A number that climbs means that something blocks them.",
                    new Query(
                        $"sum by (instance) ({Of("dotnet_thread_pool_thread_count_total")})",
                        "{{instance}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Work waiting for a thread",
                    "none",
                    "Length of the pool's queue.",
                    new Query(
                        $"sum by (instance) ({Of("dotnet_thread_pool_queue_length_total")})",
                        "{{instance}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Exceptions",
                    "suffix: /s",
                    "Thrown, also where they are caught and expected, by type.",
                    new Query(Rate("dotnet_exceptions_total", "error_type"), "{{error_type}}")
                ),
                new Panel(
                    PanelKind.Lines,
                    "Telemetry dropped",
                    "suffix: /s",
                    "Items that the OTLP endpoint did not take. Training is unaffected.",
                    new Query(
                        Rate("mmorleans_telemetry_dropped_total", "mmorleans_signal"),
                        "{{mmorleans_signal}}"
                    )
                )
            )
        );
}
